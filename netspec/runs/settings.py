"""What runs were told, and in what they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netspec import source
from netspec.diagnostic import SpecError, UsageError, nearest

if TYPE_CHECKING:
    from netspec.runs.past import Past

Settings = dict[str, Any]
"""Values of a spec by dotted key, those of its layers and blocks aside."""

_NETWORK = ("name", "description", "input", "blocks", "layers")
_CONDITION = re.compile(r"\s*([\w.-]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip


def settings(folder: Path) -> Settings:
    """What the spec of a run says; nothing where it cannot be read."""
    try:
        data = source.load(folder / "spec.yaml").data
    except (SpecError, UsageError):
        return {}
    if not isinstance(data, dict):
        return {}
    return dict(_dotted("", {key: one for key, one in data.items() if key not in _NETWORK}))


def _dotted(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _dotted(f"{key}.{name}" if key else name, one)
    else:
        yield key, value


def differing(runs: Iterable[Past]) -> list[str]:
    """Keys of settings that are not equal in all runs."""
    every = [run.settings for run in runs]
    keys = dict.fromkeys(key for one in every for key in one)
    return [key for key in keys if any(one.get(key) != every[0].get(key) for one in every)]


def varied(runs: Sequence[Past]) -> list[str]:
    """Keys of settings that are not equal in all runs of one name."""
    names = dict.fromkeys(run.name for run in runs)
    groups = (differing(run for run in runs if run.name == name) for name in names)
    return [*dict.fromkeys(key for keys in groups for key in keys)]


def value(run: Past, key: str) -> Any:
    """A figure of a run or a setting; None where there is none."""
    return getattr(run, key) if key in run.columns() else run.settings.get(key)


def check(key: str, runs: Sequence[Past]) -> None:
    """Refuse a key that is neither a column nor a setting of any run."""
    known = {name for run in runs for name in (*run.columns(), *run.settings)}
    if runs and key not in known:
        hint = nearest(key, known) or "a column, or a setting such as train.batch_size"
        raise UsageError(f"no run has a {key}", hint)


def chosen(runs: Sequence[Past], conditions: Iterable[str]) -> list[Past]:
    """The runs for which every condition such as `best > 90 %` holds; UsageError for others."""
    kept = list(runs)
    for text in conditions:
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise UsageError(f"'{text}' is no condition", "write it like 'best > 90 %'")
        key, sign, wanted = found.groups()
        check(key, runs)
        kept = [run for run in kept if _holds(value(run, key), sign, wanted)]
    return kept


def _holds(got: Any, sign: str, wanted: str) -> bool:
    if isinstance(got, int | float) and not isinstance(got, bool):
        number = _number(wanted)
        return number is not None and _OPERATORS[sign](got, number)
    if sign not in ("=", "!="):
        return isinstance(got, str) and _OPERATORS[sign](got, wanted)
    return _OPERATORS[sign]("none" if got is None else str(got).lower(), wanted.lower())


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
