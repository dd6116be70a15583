"""Tables of one's own: train.csv and test.csv in a folder, or one file to split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import cycle
from math import isfinite
from pathlib import Path
from typing import Any

import numpy
import torch

from netspec.diagnostic import NetspecError
from netspec.language.training.tasks import classification
from netspec.runner import tasks
from netspec.runner.data.arrays import Array
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.table import Table, number, read_table
from netspec.runner.data.targets import inferred
from netspec.runner.data.wanted import Wanted
from netspec.runner.tasks.base import Task

_CLASSES = "values and labels are numbers; names of classes are for classification"

_HINT = "path is a folder with train.csv and test.csv, or with val_fraction one file"


def read(wanted: Wanted) -> Dataset:
    """The columns that the spec names, in memory."""
    data, path = wanted.data, wanted.place / wanted.data.path
    train, judged = path, None
    if path.is_dir():
        train = path / "train.csv"
        there = (part for part in ("test", "val") if (path / f"{part}.csv").exists())
        judged = None if data.val_fraction is not None else next(there, "test")
    elif data.val_fraction is None:
        raise NetspecError(f"{path} is no folder of train.csv and test.csv", _HINT)
    files = [train, *([path / f"{judged}.csv"] if judged else [])]
    if missing := [file for file in files if not file.exists()]:
        raise NetspecError(f"no {missing[0]}", _HINT)
    first = read_table(train, data.columns, data.label)
    tables = [first, *(read_table(file, first.columns, data.label) for file in files[1:])]
    names = data.labels
    task = wanted.task or _task(first, train, names)
    if task == classification.__name__:
        classes = _classes(first)
        told: dict[str, Any] = {"classes": classes}
        targets = [
            _labels(table, classes, file, train) for table, file in zip(tables, files, strict=True)
        ]
    else:
        of = tasks.of(task)
        told = {"classes": (), "task": task, **of.named(names)}
        targets = [
            _values(table, names, file, of) for table, file in zip(tables, files, strict=True)
        ]
    images = [
        Images(torch.from_numpy(table.x.copy()), y)
        for table, y in zip(tables, targets, strict=True)
    ]
    return Dataset(
        path.name, images[0], images[-1], judged=judged or "val", columns=first.columns, **told
    )


def _task(table: Table, file: Path, names: Sequence[str]) -> str:
    """The task of a table whose spec does not say it; NetspecError where it could be another."""
    if len(names) == 1 and (_whole(table.labels) or not all(map(_is_number, table.labels))):
        return classification.__name__
    what = f"{file}: column '{names[0]}'" if len(names) == 1 else f"{file}: label"
    ways = ("writing them without a point", "a column with the name of the class")
    return inferred(_numbers(table, names, file), what, ways)


def _numbers(table: Table, names: Sequence[str], file: Path) -> Array:
    """(N, T), as they are written."""
    rows = [
        number(cell, f"{file}:{line}: column '{name}'", _CLASSES)
        for (cell, name), line in zip(
            zip(table.labels, cycle(names), strict=False),
            numpy.repeat(table.lines, len(names)).tolist(), strict=True,
        )
    ]  # fmt: skip
    return numpy.array(rows).reshape(-1, len(names))


def _values(table: Table, names: Sequence[str], file: Path, task: Task) -> torch.Tensor:
    """(N, T), float32."""
    y = _numbers(table, names, file)
    if bad := task.wrong(y):
        (row, column), what = bad
        where = f"{file}:{table.lines[row]}: column '{names[column]}'"
        raise NetspecError(f"{where} is {y[row, column]:g}", what)
    return torch.from_numpy(y.astype(numpy.float32))


def _classes(table: Table) -> tuple[str, ...]:
    """Whole numbers in their order, else names in that of their letters."""
    found = set(table.labels)
    return tuple(sorted(found, key=int) if _whole(found) else sorted(found))


def _whole(labels: Iterable[str]) -> bool:
    return all(re.fullmatch(r"[+-]?\d{1,18}", label) for label in labels)


def _is_number(label: str) -> bool:
    try:
        return "_" not in label and isfinite(float(label))
    except ValueError:
        return False


def _labels(table: Table, classes: tuple[str, ...], file: Path, train: Path) -> torch.Tensor:
    places = {name: index for index, name in enumerate(classes)}
    for label, line in zip(table.labels, table.lines, strict=True):
        if label not in places:
            message = f"{file}:{line}: '{label[:40]}' is a class that {train.name} has not"
            raise NetspecError(message, "every class is in the training part")
    return torch.tensor([places[label] for label in table.labels])
