"""`expect:` beside an entry."""

from __future__ import annotations

import pytest
from texts import codes, plan_of


def test_expect_is_checked_over_a_whole_group() -> None:
    text = """
        input: [1, 8, 8]
        layers:
          - name: stem
            Sequential: [{Conv2d: [4, 3]}, ReLU, {Conv2d: [4, 3, 2]}]
            expect: {output: [4, 2, 2], params: 188, receptive_field: 5, jump: 2, macs: 1872}
    """
    assert plan_of(text).totals.params == 188


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("output: [4, 6, 5]", "expect-output"),
        ("params: 41", "expect-params"),
        ("macs: 1", "expect-macs"),
        ("receptive_field: 5", "expect-receptive-field"),
        ("receptive_field: [3, 5]", "expect-receptive-field"),
        ("jump: 2", "expect-jump"),
    ],
)
def test_a_wrong_expectation_is_an_error_at_its_value(expect: str, code: str) -> None:
    text = f"input: [1, 8, 8]\nlayers:\n  - Conv2d: [4, 3]\n    expect: {{{expect}}}\n"
    value = text.split("\n")[3].index(": ", 14) + 3
    assert codes(text) == [(code, 4, value)]
