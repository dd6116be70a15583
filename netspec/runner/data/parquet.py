"""Parquet files: columns with a type, and nulls that are none of their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.network.device import CPU
from netspec.runner.data.table import CHOOSE, LARGEST, Table, choose, label_columns, reading
from netspec.runner.machine.memory import free

_ROWS = 1 << 16
"""Rows that are looked at together."""
_INDEX = "__index_level_"
"""How pandas calls the index of a frame, which counts its rows or names them."""
_FILL = "fill it, or leave the row out"


def read_table(
    path: Path, columns: Sequence[str] | None, label: str | Sequence[str] | None
) -> Table:
    """The numbers of `columns`, or of all but labels; NetspecError, with file and row.

    Nothing is guessed: a null is an error, and so is a column of anything but numbers.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        message = f"{path} is read by pyarrow, which is not installed"
        raise NetspecError(message, "pip install 'netspec[parquet]'") from None
    files.regular(path)
    with reading(path), _decoding(path, pyarrow), parquet.ParquetFile(path) as file:
        kinds = {field.name: field.type for field in file.schema_arrow}
        asked = label_columns(label)
        wanted = choose(path, _names(path, file.schema_arrow.names), columns, asked)
        numbers = [_numbers(path, name, kinds[name]) for name in wanted]
        for name in asked:
            _named(path, name, kinds[name])
        x = _room(path, file.metadata.num_rows, len(wanted))
        labels: list[str] = []
        start = 0
        for batch in file.iter_batches(_ROWS, columns=[*wanted, *asked]):
            part = x[start : start + len(batch)]
            for at, (name, cast) in enumerate(zip(wanted, numbers, strict=True)):
                part[:, at] = _finite(batch.column(name), cast, path, name, start)
            rows = [_labels(batch.column(name), path, name, start, len(asked)) for name in asked]
            labels += chain.from_iterable(zip(*rows, strict=True))
            start += len(batch)
    return Table(tuple(wanted), x, labels, range(len(x)), rows=True)


def _names(path: Path, names: list[str]) -> list[str]:
    for name in names:
        if names.count(name) > 1:
            raise NetspecError(f"{path}: two columns are called '{name}'")
    return names


def _numbers(path: Path, name: str, kind: Any) -> Callable[[Any], Any]:
    """What makes float64 of a column of this type."""
    from pyarrow import float64, types, uint8

    if name.startswith(_INDEX):
        message = f"{path}: column '{name}' is the index of a frame of pandas"
        raise NetspecError(message, f"{CHOOSE}, to_parquet(…, index=False) leaves it out")
    inner = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_boolean(inner):
        return lambda values: _plain(values).cast(uint8())
    if types.is_integer(inner) or types.is_floating(inner) or types.is_decimal(inner):
        # What float64 rounds float32 would round as well.
        return lambda values: _plain(values).cast(float64(), safe=False)
    raise NetspecError(f"{path}: column '{name}' is {kind}, which is no number", CHOOSE)


def _named(path: Path, label: str, kind: Any) -> None:
    """Refuse a column that can have no labels."""
    from pyarrow import types

    inner = kind.value_type if types.is_dictionary(kind) else kind
    texts = (types.is_string, types.is_large_string, types.is_string_view)
    if not any(
        fits(inner) for fits in (*texts, types.is_boolean, types.is_integer, types.is_floating)
    ):
        message = f"{path}: column '{label}' is {kind}, which is no label"
        raise NetspecError(message, "labels are numbers, booleans or strings")


def _plain(values: Any) -> Any:
    """The values of a column, where it has each once and places of them as well."""
    return values.dictionary_decode() if hasattr(values, "dictionary_decode") else values


def _room(path: Path, rows: int, columns: int) -> NDArray[numpy.float32]:
    """What to read into; a small file may have many rows, so that it is asked for first."""
    if not rows:
        raise NetspecError(f"{path} has no samples")
    needed, there = rows * columns * 4, free(CPU)
    if there is not None and needed > there:
        raise NetspecError(f"{path} has {needed:,} bytes of numbers, {there:,} are free")
    return numpy.empty((rows, columns), numpy.float32)


def _finite(
    values: Any, cast: Callable[[Any], Any], path: Path, name: str, start: int
) -> NDArray[numpy.float64]:
    """The numbers of a column, from the row `start` on."""
    if values.null_count:
        row = start + values.is_null().to_pylist().index(True)
        raise NetspecError(f"{path}[{row}]: column '{name}' has no value (null)", _FILL)
    found: NDArray[numpy.float64] = cast(values).to_numpy(zero_copy_only=False)
    wrong = ~(abs(found) <= LARGEST)
    if wrong.any():
        at = int(wrong.argmax())
        where, number = f"{path}[{start + at}]: column '{name}' has", float(found[at])
        if isnan(number):
            raise NetspecError(f"{where} no value (nan)", _FILL)
        raise NetspecError(f"{where} {number:g}, beyond float32")
    return found


def _labels(values: Any, path: Path, label: str, start: int, several: int) -> Iterator[str]:
    """What is in a column of labels; where there are `several`, booleans are 0 and 1."""
    for index, value in enumerate(values.to_pylist(), start):
        missing = value is None or (isinstance(value, float) and isnan(value))
        known = int(value) if several > 1 and isinstance(value, bool) else value
        text = "" if missing else str(known)
        if not text.strip():
            raise NetspecError(f"{path}[{index}]: column '{label}' has no label", _FILL)
        yield text


@contextmanager
def _decoding(path: Path, pyarrow: Any) -> Iterator[None]:
    """Say that a file is damaged, or uses what pyarrow does not read."""
    try:
        yield
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        reason = str(error).partition("\n")[0][:200]
        raise NetspecError(f"{path} cannot be read as Parquet: {reason}") from None
