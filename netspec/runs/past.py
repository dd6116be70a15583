"""Run folders as they are found on the disk, without torch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from netspec.diagnostic import NetspecError, UsageError, nearest
from netspec.diff.compare import Setting
from netspec.disk import files
from netspec.language.training import FIGURES, Figure
from netspec.language.training.tasks import ACCURACY
from netspec.runs.marks import marks
from netspec.runs.settings import Settings, settings, value

Epoch = dict[str, float]
"""The figures of an epoch by name, as training recorded them."""


class Past(NamedTuple):
    """A run; None where its folder does not say."""

    name: str
    run: int
    status: str
    """finished, interrupted, failed; unfinished where no end was recorded, or damaged."""
    epochs: int
    best: float | None
    """The best figure of an epoch: the highest accuracy, or what else its task goes by."""
    last: float | None
    params: int | None
    seconds: float
    date: str | None
    """When it began, in UTC."""
    folder: Path
    tag: str | None = None
    note: str | None = None
    figure: str | None = None
    """What best and last are."""
    settings: Settings = {}  # noqa: RUF012 (a NamedTuple's default)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Its figures, and what people wrote beside it."""
        return KEYS


KEYS = tuple(key for key in Past._fields if key not in ("folder", "settings"))
_MAX_METRICS, _MAX_OBJECT = 64 << 20, 16 << 20
"""Bytes of the figures of all epochs, and of one of the other files."""
_MAX_NUMBER = 1 << 63
_FIGURES = ("best", "last")
"""Keys of which the best comes first; of dates the newest does."""


def find(run: str, runs_dir: Path) -> Path:
    """The folder that `run` names: itself, one below `runs_dir`, or the latest of a name."""
    for path in (Path(run), runs_dir / run):
        if _is_run(path):
            return path
        if path.is_dir() and (numbers := _numbers(path)):
            return path / str(numbers[-1])
    known = [entry.name for entry in runs_dir.iterdir()] if runs_dir.is_dir() else []
    hint = nearest(run, known) or f"a run is a folder such as {runs_dir.as_posix()}/mnist/1"
    raise UsageError(f"no run called '{run}' in {runs_dir.as_posix()}", hint)


def found(runs_dir: Path) -> list[Past]:
    """Every run, by name and number."""
    if not runs_dir.is_dir():
        raise UsageError(f"no folder {runs_dir.as_posix()}", "--runs-dir says where runs are")
    entries = (entry for entry in runs_dir.iterdir() if not entry.name.startswith("."))
    names = sorted(entry for entry in entries if entry.is_dir())
    return [past(name / str(number)) for name in names for number in _numbers(name)]


def ordered(runs: Iterable[Past], key: str) -> list[Past]:
    """Runs by a column or setting: the best figure and the newest first, else the lowest.

    Numbers come before words, and what is not known comes last. Figures of different tasks are
    apart.
    """
    every = [(value(run, key), run) for run in runs]
    known = [pair for pair in every if pair[0] is not None]
    unknown = [run for got, run in every if got is None]
    if key in _FIGURES:
        known.sort(key=lambda pair: _place(pair[1], pair[0]))
    else:
        known.sort(key=lambda pair: _rank(pair[0]), reverse=key == "date")
    return [run for _, run in known] + unknown


def figure(run: Past) -> Figure:
    """What its best and last are; accuracy where it does not say."""
    return FIGURES.get(run.figure or "", ACCURACY)


def _place(run: Past, value: float) -> tuple[int, float]:
    of = figure(run)
    return list(FIGURES).index(of.name), -of.sign * value


def _rank(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, int | float)
    return not number, value if number else 0.0, "" if number else str(value)


def past(folder: Path) -> Past:
    """The run in a folder; damaged where its files do not say what they should."""
    place = folder.resolve()
    name, run = place.parent.name, int(place.name) if place.name.isdecimal() else 0
    try:
        rows, ended, facts = epochs(folder), summary(folder), environment(folder)
        figure = follows(rows)
        values, seconds = ([row[key] for row in rows] for key in (figure.name, "seconds"))
    except (KeyError, UsageError):
        told = marks(folder)
        return Past(
            name, run, "damaged", 0, None, None, None, 0.0, None, folder,
            told.get("tag"), told.get("note"),
        )  # fmt: skip
    params, date, told = ended.get("params"), facts.get("date"), marks(folder)
    return Past(
        name, run, str(ended.get("status", "unfinished")), len(rows),
        max(values, key=lambda value: figure.sign * value, default=None),
        values[-1] if rows else None,
        params if type(params) is int and _is_number(params) else None, sum(seconds),
        date if isinstance(date, str) else None, folder, told.get("tag"), told.get("note"),
        figure.name if rows else None, settings(folder),
    )  # fmt: skip


def follows(rows: Sequence[Epoch]) -> Figure:
    """The first figure of the epochs, which decided what is best; UsageError where none is."""
    if not rows:
        return ACCURACY
    try:
        return next(FIGURES[key] for key in rows[0] if key in FIGURES)
    except StopIteration:
        raise UsageError("its epochs have no figure of a task") from None


def epochs(folder: Path) -> list[Epoch]:
    """The figures of each epoch; a last line that was cut off is left out."""
    file = folder / "metrics.jsonl"
    *lines, _ = _text(file, _MAX_METRICS).split("\n")
    rows = [_json(file, line) for line in lines]
    for row in rows:
        if not isinstance(row, dict) or not all(map(_is_number, row.values())):
            raise UsageError(f"{file} is damaged")
    return rows


def environment(folder: Path) -> dict[str, Any]:
    """What was recorded of the machine, the versions and the data."""
    return _object(folder / "environment.json")


def summary(folder: Path) -> dict[str, Any]:
    """How it ended, and its best and last epoch; empty where it has not ended."""
    return _object(folder / "summary.json")


def surroundings(a: Path, b: Path) -> Iterator[Setting]:
    """What was recorded around two runs and differs; how and when they were called aside."""
    before, after = environment(a), environment(b)
    for key in before | after:
        if key not in ("command", "date") and before.get(key) != after.get(key):
            yield Setting(key, before.get(key), after.get(key))


def _is_run(path: Path) -> bool:
    return (path / "spec.yaml").is_file()


def _numbers(path: Path) -> list[int]:
    """Numbers of the runs in a folder; none where it may not be looked into."""
    try:
        entries = list(path.iterdir())
    except OSError:
        return []
    return sorted(
        int(entry.name)
        for entry in entries
        if entry.name.isdecimal() and entry.name == str(int(entry.name)) and entry.is_dir()
    )


def _object(file: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no such file."""
    value = _json(file, _text(file, _MAX_OBJECT) or "{}")
    if not isinstance(value, dict):
        raise UsageError(f"{file} is damaged")
    return value


def _json(file: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{file} is damaged") from None


def _text(file: Path, limit: int) -> str:
    try:
        return files.read(file, limit, links=True).decode()
    except FileNotFoundError:
        return ""
    except NetspecError as error:
        raise UsageError(str(error)) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {file}: {getattr(error, 'strerror', error)}") from None


def _is_number(value: Any) -> bool:
    # A number of thousands of digits is none that can be shown, or added to another.
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < _MAX_NUMBER)


def finite(value: float | None) -> float | None:
    """A number as JSON has it: what is not finite is null."""
    return value if value is not None and isfinite(value) else None
