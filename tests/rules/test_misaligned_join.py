"""misaligned-join: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Residual: {body: [{Conv2d: [4, 3, 2, 1]}], shortcut: [{Conv2d: [4, 1, 2]}]}"), []),
    (
        net("Concat: [[{Conv2d: [4, 3, 2, 1]}], [{AvgPool2d: 2}]]"),
        ["units of 0 and 1 are centred 0.5 rows of the input apart"],
    ),
    (
        net("Concat: [[{Conv2d: [4, 15]}], [{Conv2d: [4, 2, 2]}]]"),
        ["0 and 1 step by 1 and 2 rows of the input"],
    ),
    (net("Concat: [[], [{MaxPool2d: 2}, {ConvTranspose2d: [1, 2, 2]}]]"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_misaligned_join_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "misaligned-join") == expected
