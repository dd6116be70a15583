"""What is known of a text while it is edited."""

from __future__ import annotations

from random import Random

import pytest

from netspec.pages.keywords import keyword, keywords, words
from netspec.pages.reading import Shift, is_spec, read
from netspec.pages.symbols import folds, symbols


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("input: [1]\nlayers: [ReLU]\n", True),
        ("input: [1\nlayers:\n  - {", True),
        ("# yaml-language-server: $schema=specs/netspec.schema.json\nname: a\n", True),
        ("layers: [a]\nservices: {}\n", False),
        ("on: push\njobs: {a: {input: 1, layers: 2}}\n", False),
        ("", False),
    ],
)
def test_a_spec_is_known_from_its_sections_or_its_schema(text: str, known: bool) -> None:
    assert is_spec(text) is known


def test_lines_that_did_not_change_are_found_again() -> None:
    random = Random(1)
    for _ in range(300):
        before = [random.choice("abc") for _ in range(random.randrange(1, 9))]
        now = list(before)
        start = random.randrange(len(before) + 1)
        end = min(len(before), start + random.randrange(3))
        now[start:end] = [random.choice("xyz") for _ in range(random.randrange(3))]
        shift = Shift(before, now)
        lost = 0
        for line, text in enumerate(before, 1):
            if (moved := shift.now(line)) is None:
                lost += 1
            elif line <= shift.head or shift.grown:
                assert now[moved - 1] == text
                assert shift.before(moved) == line
        assert lost <= end - start


def test_keywords_are_those_of_the_schema() -> None:
    padding = keyword(("layers", 0, "Conv2d", "padding_mode"))
    assert padding is not None
    assert padding.default == "zeros"
    assert "reflect" in padding.choices
    assert keyword(("layers", 3, "Residual", "body", 0, "ReLU")) is not None
    assert keyword(("nowhere", "name")) is None
    assert keyword(("layers", 0)) is None
    assert {"batch_size", "goal"} <= {one.name for one in keywords(("train",))}
    assert "add" in words(("layers", 0, "Graph", "node", "join"))


def test_the_outline_has_sections_blocks_and_layers() -> None:
    text = (
        "name: net\ninput: [1, 8, 8]\nvars: {w: 2}\nblocks:\n  unit:\n    args: {n: }\n"
        "    layers:\n      - Conv2d: [$n, 3]\nlayers:\n  - name: a\n    Sequential:\n"
        "      - unit: $w\n  - Graph:\n      x: [ReLU]\n      y:\n        from: x\n"
    )
    reading = read(text, "a.yaml")

    def shown(found: list[object]) -> list[object]:
        return [
            (one.name, one.detail, one.sort, one.span.line, one.span.end_line, shown(one.inside))  # type: ignore[attr-defined]
            for one in found
        ]

    assert shown(symbols(reading)) == [  # type: ignore[arg-type]
        ("name", "net", "section", 1, 1, []),
        ("input", "", "section", 2, 2, []),
        ("vars", "", "section", 3, 3, [("w", "", "variable", 3, 3, [])]),
        ("blocks", "", "section", 4, 8, [
            ("unit", "n", "block", 5, 8, [("Conv2d", "→ 2×6×6", "layer", 8, 8, [])])]),
        ("layers", "", "section", 9, 16, [
            ("a", "Sequential → 2×6×6", "composite", 10, 12,
             [("unit", "→ 2×6×6", "layer", 12, 12, [])]),
            ("Graph", "→ 2×6×6", "composite", 13, 16, [
                ("x", "→ 2×6×6", "node", 14, 14, [("ReLU", "→ 2×6×6", "layer", 14, 14, [])]),
                ("y", "→ 2×6×6", "node", 15, 16, [])])]),
    ]  # fmt: skip
    assert folds(reading) == [
        (4, 8), (5, 8), (7, 8), (9, 16), (10, 12), (11, 12), (13, 16), (15, 16),
    ]  # fmt: skip
    for one in symbols(reading):
        assert one.span[:2] <= one.named[:2] <= one.named[2:] <= one.span[2:]
