"""padded-taps: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, 3, 1, 1]", shape="[1, 5, 5]"), []),
    (
        net("Conv2d: [8, 3, 1, 1]", shape="[1, 4, 4]"),
        ["30.6 % of the taps over this 4 x 4 map fall on padding"],
    ),
    (
        net(
            "Conv2d: {out_channels: 8, kernel_size: 3, padding: 1, padding_mode: reflect}",
            shape="[1, 4, 4]",
        ),
        [],
    ),
    (
        net("Conv1d: [8, 9, 1, 4]", shape="[1, 5]"),
        ["44.4 % of the taps over this 5 map fall on padding"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_padded_taps_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "padded-taps") == expected
