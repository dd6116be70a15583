"""Names in freeze and groups, against the network."""

from __future__ import annotations

import pytest

from netspec.compiler import examine
from netspec.source import parse

SPEC = """
input: [1, 8, 8]
layers:
  - {name: stem, Sequential: [Conv2d: [4, 3], ReLU]}
  - Flatten
  - {name: head, Linear: 10}
train:
  data: {dataset: digits}
  batch_size: 8
  epochs: 2
  optimizer: Adam
"""


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("freeze: [stem]", []),
        ("freeze: [stem.0]\n  groups: {head: {lr: 0.1}, stem: {weight_decay: 0}}", []),
        ("loss: {NLLLoss: {weight: [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]}}", []),
        (
            "loss: {CrossEntropyLoss: {weight: [1, 2]}}",
            [("wrong-length", "2 weights of classes, the network gives 10", None)],
        ),
        ("freeze: [steam]", [("unknown-part", "no layer is called 'steam'", "did you mean stem?")]),
        (
            "groups: {classifier: {lr: 1}}",
            [("unknown-part", "no layer is called 'classifier'", "known here: stem, 1, head")],
        ),
        ("freeze: [stem.1]", [("idle-part", "stem.1 (ReLU) has no weights", "take it out")]),
        ("groups: {'1': {lr: 1}}", [("idle-part", "1 (Flatten) has no weights", "take it out")]),
        (
            "freeze: [stem]\n  groups: {stem.0: {lr: 1}}",
            [("idle-part", "stem.0 is frozen, with stem", "take it out of freeze or of groups")],
        ),
        (
            "freeze: [stem, head]",
            [("idle-part", "every layer with weights is frozen", "leave one out")],
        ),
    ],
)
def test_names_are_those_of_modules_with_weights(
    more: str, found: list[tuple[str, str, str]]
) -> None:
    compiled = examine(parse(f"{SPEC}  {more}\n", "x.yaml"))
    assert [(one.code, one.message, one.help) for one in compiled.diagnostics] == found
    assert all(one.span and one.span.line >= 12 for one in compiled.diagnostics)
