"""unused-block: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages

CASES: list[tuple[str, list[str]]] = [
    (
        "blocks: {u: {layers: [v]}, v: {layers: [ReLU]}}\ninput: [1]\nlayers: [{Sequential: [u]}]",
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_unused_block_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "unused-block") == expected
