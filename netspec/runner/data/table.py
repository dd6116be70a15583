"""CSV files: a line of names, then a line for each sample."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError, listed, nearest
from netspec.disk import files

_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
_LARGEST = float(numpy.finfo(numpy.float32).max)
_CHOOSE = "columns: [...] names those to read"


class Table(NamedTuple):
    columns: tuple[str, ...]
    x: NDArray[numpy.float32]
    """(N, F), by the order of the columns."""
    labels: list[str]
    """As they are written, those of a sample beside each other; empty where none was asked for."""
    lines: Sequence[int]
    """Where each sample begins in the file."""


def read_table(
    path: Path, columns: Sequence[str] | None, label: str | Sequence[str] | None
) -> Table:
    """The numbers of `columns`, or of all but labels; NetspecError, with file and line.

    Nothing is guessed: a cell that is empty or no number is an error.
    """
    files.regular(path)
    asked = label_columns(label)
    with _reading(path), path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        names = _header(path, next(reader, []))
        wanted = _wanted(path, names, columns, asked)
        places = [names.index(name) for name in wanted]
        label_places = [names.index(name) for name in asked]
        x, labels, lines = array("f"), [], array("q")
        line = reader.line_num + 1
        while (row := _next(path, reader, line)) is not None:
            if row:
                if len(row) != len(names):
                    message = f"{path}:{line}: {_many(len(row))}, the header has {len(names)}"
                    raise NetspecError(message, 'a comma in a cell needs quotes around it, "…"')
                for at, name in zip(places, wanted, strict=True):
                    x.append(number(row[at], f"{path}:{line}: column '{name}'", _CHOOSE))
                for at, name in zip(label_places, asked, strict=True):
                    labels.append(_label(row[at], f"{path}:{line}: column '{name}'"))
                lines.append(line)
            line = reader.line_num + 1
    if not lines:
        raise NetspecError(f"{path} has no samples", "they follow the line of names, one a line")
    values = numpy.frombuffer(x, numpy.float32).reshape(len(lines), len(wanted))
    return Table(tuple(wanted), values, labels, lines)


def label_columns(label: str | Sequence[str] | None) -> list[str]:
    """The columns of labels, in their order."""
    return [label] if isinstance(label, str) else list(label or ())


def _header(path: Path, names: list[str]) -> list[str]:
    found = [name.strip() for name in names]
    if not any(found):
        raise NetspecError(f"{path}:1: no names of columns", "the first line has them")
    if len(found) == 1 and ";" in found[0]:
        raise NetspecError(f"{path}:1: cells are parted by semicolons", "CSV has commas")
    for name in found:
        if name and found.count(name) > 1:
            raise NetspecError(f"{path}:1: two columns are called '{name}'")
    return found


def _wanted(
    path: Path, names: list[str], columns: Sequence[str] | None, labels: Sequence[str]
) -> list[str]:
    for name in [*(columns or ()), *labels]:
        if name not in names:
            raise NetspecError(
                f"{path}:1: no column '{name}'", nearest(name, names) or listed(names)
            )
    found = list(columns) if columns else [name for name in names if name not in labels]
    if "" in found:
        raise NetspecError(f"{path}:1: column {names.index('') + 1} has no name", _CHOOSE)
    if not found:
        beside = ", ".join(f"'{name}'" for name in labels)
        raise NetspecError(f"{path}:1: no column beside {beside}")
    return found


def _next(path: Path, reader: Iterator[list[str]], line: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise NetspecError(f"{path}:{line}: {error}", "is a quote missing?") from None


def number(cell: str, where: str, hint: str) -> float:
    """The finite number of float32 in a cell; NetspecError where there is none."""
    text = cell.strip()
    if text.lower() in _MISSING:
        shown = f" ('{text}')" if text else ""
        raise NetspecError(f"{where} has no value{shown}", "fill it, or leave the line out")
    try:
        found = float(text)
    except ValueError:
        found = None
    if found is None or "_" in text:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise NetspecError(f"{where} has {shown!r}, which is no number", hint)
    if not isfinite(found) or abs(found) > _LARGEST:
        raise NetspecError(f"{where} has {text}, beyond float32")
    return found


def _label(cell: str, where: str) -> str:
    text = cell.strip()
    if text.lower() in _MISSING:
        raise NetspecError(f"{where} has no label", "fill it, or leave the line out")
    return text


def _many(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NetspecError(f"no {path}", "path is below the data directory, --data-dir") from None
    except OSError as error:
        raise NetspecError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise NetspecError(f"{path} is not UTF-8: {error.reason}", "save it as UTF-8") from None
