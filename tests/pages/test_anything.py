"""Whatever a text says, every page of it comes back: editors ask in the middle of words."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from netspec.diagnostic import SpecError
from netspec.pages.completion import complete
from netspec.pages.hints import FIGURES, hints
from netspec.pages.hover import hover
from netspec.pages.places import places
from netspec.pages.reading import Reading, read
from netspec.pages.symbols import folds, symbols

ROOT = Path(__file__).parents[2]
SPECS = [ROOT / "specs/mnist-8k.yaml", ROOT / "examples/unet.yaml", ROOT / "examples/resnet18.yaml"]
ODD = [
    "layers: {Conv2d: [8, 3], ReLU: }\ninput: [1, 8, 8]\nblocks: [a, {b: 1}]\nvars: 3\n",
    "input: 3\nlayers: ReLU\nblocks: {unit: 3, two: {args: [n], layers: x}}\nvars: [a: 1]\n",
    "input: [1, 4]\nlayers: [[ReLU], 3, null, {}, {a: 1, b: 2}, {name: x}, {Graph: [a]}]\n",
    "input: [4]\nlayers: [{Graph: {a: , b: 3, c: {from: {}, layers: {}}, d: {from: [a, 1]}}}]\n",
    "- $x\n- {layers: $(y)}\n",
    "input: [1]\nlayers: [Sequential: &a [ReLU], Sequential: *a, Residual: {body: *a}]\n",
    "input: [1]\nlayers: [unit]\nblocks: {unit: {args: {n: $x, m: $(n + )}, layers: [unit]}}\n",
    "input: [2]\nblocks: {u: }\naudit: {ignore: x, levels: [y]}\nlayers: [u: $, Linear: $n]\n",
    'input: [1, 2]\r\nlayers:\r\n  - "ReLU"\r\n  - Flatten # é😀\r\n  - {Linear: "3"}\r\n',
    'input: [4]\nvars: {"n\\x61": 1}\nlayers: [Linear: $na]\n',
    "layers:\n  - Conv2d:\n    out_channels: 8\n    kernel_size: 3\ninput: [1, 28, 28]\n",
]


def asked(reading: Reading, places_asked: int, random: Random) -> None:
    """Ask everything there is to ask of a text."""
    lines = reading.source.lines
    hints(reading, FIGURES)
    symbols(reading)
    folds(reading)
    for place in places(reading):
        row = lines[place.span.line - 1]
        assert row[place.span.column - 1 : place.span.end_column - 1] == place.thing.name
    for _ in range(places_asked):
        line = random.randrange(len(lines)) + 1
        column = random.randrange(len(lines[line - 1]) + 1) + 1
        hover(reading, line, column)
        complete(lines, line, column, reading, everything=True)


@pytest.mark.parametrize("text", ODD)
def test_of_odd_texts(text: str) -> None:
    asked(read(text, "odd.yaml"), 150, Random(text))


@pytest.mark.parametrize("file", SPECS, ids=lambda file: file.stem)
def test_of_texts_in_which_something_was_deleted_or_typed(file: Path) -> None:
    random, whole, broken = Random(file.stem), file.read_text(), 0
    for _ in range(40):
        start = random.randrange(len(whole))
        end = start + random.choice([0, 1, 4, 12, 60])
        text = whole[:start] + random.choice(["", "x", "{", ": ", "\n  - "]) + whole[end:]
        try:
            reading = read(text, "a.yaml")
        except SpecError:
            broken += 1
            column = random.randrange(30) + 1
            lines = text.split("\n")
            for line in random.sample(range(len(lines)), 5):
                complete(lines, line + 1, column, None, everything=True)
        else:
            asked(reading, 6, random)
    assert 0 < broken < 40
