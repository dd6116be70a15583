"""unread-input: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, [5, 3], [5, 1]]"), ["only 25 of 28 rows of the input are ever read"]),
    (net("Conv2d: [8, 1, 2]"), ["only 14 of 28 rows and columns of the input are ever read"]),
    (net("Concat: [[{Conv2d: [1, 1, 2]}], [AvgPool2d: 2]]"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_unread_input_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "unread-input") == expected
