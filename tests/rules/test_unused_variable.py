"""unused-variable: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages

CASES: list[tuple[str, list[str]]] = [
    ("vars: {a: 1, b: $a, c: 8}\ninput: [$b, 8, 8]\nlayers: [{Conv2d: [$(c // 2), 3]}]", []),
    (
        "vars: {c: 1}\nblocks: {u: {args: {c: 2, d: 3}, layers: [{Conv2d: [$c, 3]}]}}\n"
        "input: [1, 8, 8]\nlayers: [u]",
        ["variable 'c' is never read", "block u never reads its argument 'd'"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_unused_variable_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "unused-variable") == expected
