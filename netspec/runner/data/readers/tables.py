"""Tables of one's own: train.csv and test.csv in a folder, or one file to split.

Parquet files are named and read likewise.
"""

from __future__ import annotations

import re
from pathlib import Path

import torch

from netspec.diagnostic import NetspecError
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.table import Table
from netspec.runner.data.tables import TABLES
from netspec.runner.data.wanted import Wanted


def read(wanted: Wanted) -> Dataset:
    """The columns that the spec names, in memory."""
    data, path = wanted.data, wanted.place / wanted.data.path
    end = data.dataset.name
    read_table = TABLES[end]
    two = f"train.{end} and test.{end}"
    hint = f"path is a folder with {two}, or with val_fraction one file"
    train, judged = path, None
    if path.is_dir():
        train = path / f"train.{end}"
        there = (part for part in ("test", "val") if (path / f"{part}.{end}").exists())
        judged = None if data.val_fraction is not None else next(there, "test")
    elif data.val_fraction is None:
        raise NetspecError(f"{path} is no folder of {two}", hint)
    files = [train, *([path / f"{judged}.{end}"] if judged else [])]
    if missing := [file for file in files if not file.exists()]:
        raise NetspecError(f"no {missing[0]}", hint)
    first = read_table(train, data.columns, data.label)
    tables = [first, *(read_table(file, first.columns, data.label) for file in files[1:])]
    classes = _classes(first)
    images = [
        Images(torch.from_numpy(table.x.copy()), _labels(table, classes, file, train))
        for table, file in zip(tables, files, strict=True)
    ]
    return Dataset(
        path.name, images[0], images[-1], classes, judged or "val", columns=first.columns
    )


def _classes(table: Table) -> tuple[str, ...]:
    """Whole numbers in their order, else names in that of their letters."""
    found = set(table.labels)
    whole = all(re.fullmatch(r"[+-]?\d{1,18}", label) for label in found)
    return tuple(sorted(found, key=int) if whole else sorted(found))


def _labels(table: Table, classes: tuple[str, ...], file: Path, train: Path) -> torch.Tensor:
    places = {name: index for index, name in enumerate(classes)}
    for index, label in enumerate(table.labels):
        if label not in places:
            message = (
                f"{table.place(file, index)}: '{label[:40]}' is a class that {train.name} has not"
            )
            raise NetspecError(message, "every class is in the training part")
    return torch.tensor([places[label] for label in table.labels])
