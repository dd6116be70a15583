"""What can be written where a text has |."""

from __future__ import annotations

import re

import pytest

from netspec import report, rules
from netspec.layers import KINDS
from netspec.pages.completion import Choice, complete
from netspec.pages.cursor import cursor
from netspec.pages.reading import read

GIVEN = """\
input: [1, 8, 8]
vars: {width: 8}
blocks:
  plain: {layers: [ReLU]}
  unit:
    args: {out: , p: 0.1}
    layers: [{Conv2d: [$out, 3]}, {Dropout2d: $p}]
layers:
  - unit: $width
  - plain
  - Graph: {a: [ReLU], b: [ReLU], c: {from: [a, b], join: add}}
"""


UNFIT = {"wrong-rank", "wrong-dim", "wrong-channels", "window-too-large"}


def offered(text: str, everything: bool = True) -> list[Choice]:
    before = text[: text.index("|")]
    lines = text.replace("|", "").split("\n")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    return complete(lines, line, column, read(GIVEN, "a.yaml"), everything=everything)


@pytest.mark.parametrize(
    ("text", "path", "within", "word"),
    [
        ("|", (), "key", ""),
        ("aud|", (), "key", "aud"),
        ("layers:\n  - |", ("layers", 0), "item", ""),
        ("layers:\n- Con|", ("layers", 0), "item", "Con"),
        ("layers:\n  - name: a\n    |", ("layers", 0), "key", ""),
        ("layers:\n  - name: a\n    Sequential:\n      - B|", ("layers", 0, "Sequential", 0),
         "item", "B"),
        ("layers:\n  - Conv2d:\n      a: 1\n\n      # c\n      |", ("layers", 0, "Conv2d"), "key",
         ""),
        ("layers:\n  - Conv2d: {a: 1, b|", ("layers", 0, "Conv2d"), "key", "b"),
        ("layers:\n  - Conv2d: {a: [1, 2], b: s|", ("layers", 0, "Conv2d", "b"), "value", "s"),
        ("layers: [A, {B: 1}, |", ("layers", 0), "item", ""),
        ("train:\n  optimizer: |", ("train", "optimizer"), "value", ""),
        ("a: 1\ntrain:\n  data:\n    augment:\n    - |", ("train", "data", "augment", 0), "item",
         ""),
        ("description: 'a: {b, '\nx: {'k: [': 1, y|", ("x",), "key", "y"),
    ],
)  # fmt: skip
def test_a_cursor_knows_where_it_is(
    text: str, path: tuple[str | int, ...], within: str, word: str
) -> None:
    before = text[: text.index("|")]
    lines = text.replace("|", "").split("\n")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert cursor(lines, line, column) == (path, within, word)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("layers:\n  - Conv2d: {out_channels: $|", ["$width"]),
        ("layers:\n  - Conv2d: $(2 * w|", ["width"]),
        ("blocks:\n  unit:\n    layers:\n      - Dropout2d: $|", ["$width", "$out", "$p"]),
        ("layers:\n  - unit: {|", ["out", "p"]),
        ("layers:\n  - |", ["plain", "unit"]),
        ("blocks:\n  unit:\n    layers:\n      - |", ["plain"]),
        ("audit:\n  ignore: [|", list(rules.names())),
        ("layers:\n  - ReLU\n    ignore: [odd|", list(rules.names())),
        ("audit: {levels: {|", list(rules.names())),
        ("layers:\n  - Graph:\n      a: [ReLU]\n      c: {from: |", ["input", "a", "b"]),
        ("layers:\n  - Graph:\n      b: {from: [|", ["input", "a"]),
        ("layers: # |", []),
        ("description: for |", []),
    ],
)
def test_names_of_the_spec_are_always_offered(text: str, labels: list[str]) -> None:
    assert [choice.label for choice in offered(text, everything=False)] == labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("layers:\n  - |", {"plain", "unit", "Conv2d", "Graph", "name", "repeat", "ignore"}),
        ("layers:\n  - Conv2d: {|", {"out_channels", "padding_mode"}),
        ("layers:\n  - Conv2d: {padding_mode: |", {"zeros", "reflect"}),
        ("train: {optimizer: |", {"Adam", "SGD"}),
        ("train: {optimizer: {Adam: {|", {"lr", "betas"}),
        ("|", {"input", "layers", "audit"}),
    ],
)
def test_layers_and_keywords_are_offered_where_that_is_wanted(text: str, labels: set[str]) -> None:
    assert labels <= {choice.label for choice in offered(text)}


def test_an_accepted_layer_reads_as_a_layer() -> None:
    found = [choice for choice in offered("layers:\n  - |") if choice.sort in ("layer", "block")]
    assert {choice.label for choice in found} == {*KINDS, "plain", "unit"}
    for choice in found:
        written = re.sub(r"\$\{\d:([^}]*)\}", r"\1", choice.text).replace("$1", "4")
        text = GIVEN + f"  - {written}\n"
        found = report.read(text, "a.yaml").diagnostics
        wrong = [one for one in found if one.severity == "error" and "not make" not in one.message]
        # What does not fit behind these layers is written rightly all the same.
        assert {one.code for one in wrong} <= UNFIT, (text, wrong)
