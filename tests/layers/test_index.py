"""The index of kinds: every class, every module of torch, nothing twice."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from torch import nn

from netspec import layers
from netspec.layers.base import Layer

HERE = Path(layers.__file__).parent
HELPERS = {"__init__", "arguments", "base", "interpolation", "releases", "roles", "saved", "words"}


def test_the_index_names_every_class_of_every_file_and_nothing_else() -> None:
    files = {file.stem for file in HERE.glob("*.py")} - HELPERS
    found = {
        name: [
            kind
            for value in vars(import_module(f"netspec.layers.{name}")).values()
            if isinstance(value, type) and issubclass(value, Layer)
            and value.__module__ == f"netspec.layers.{name}"
            for kind in value.kinds
        ]
        for name in files
    }  # fmt: skip
    listed = {name: text.split() for name, text in layers.FAMILIES.items()}
    assert {name: sorted(listed[name]) for name in listed} == {
        name: sorted(found[name]) for name in found
    }


NEWER = {"LinearCrossEntropyLoss"}
"""What torch did not have yet in the oldest version that is allowed."""


def test_every_module_of_torch_is_a_layer_or_has_a_reason_why_not() -> None:
    others = {"Module", "Container", "DataParallel"}
    modules = {
        name
        for name, value in vars(nn).items()
        if isinstance(value, type) and issubclass(value, nn.Module) and name not in others
        and "Loss" not in name
    }  # fmt: skip
    known = {*layers.KINDS, *layers.REFUSED}
    assert modules - known == set()
    there = {name for name in vars(nn) if name[0].isupper()} | NEWER
    assert set(layers.REFUSED) <= there
    assert not set(layers.KINDS) & set(layers.REFUSED)


def test_no_eight_lines_in_a_row_are_written_twice() -> None:
    places: dict[tuple[str, ...], list[str]] = {}
    for file in sorted(HERE.glob("*.py")):
        lines = [line.strip() for line in file.read_text().splitlines()]
        lines = [line for line in lines if line and not line.startswith(("from ", "import "))]
        for i in range(len(lines) - 7):
            places.setdefault(tuple(lines[i : i + 8]), []).append(file.name)
    assert len(places) > 1000
    assert {lines[0]: files for lines, files in places.items() if len(files) > 1} == {}
