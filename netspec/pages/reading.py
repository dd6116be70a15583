"""A spec as an editor shows it: its text, its figures, and where everything stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from netspec import report, source
from netspec.diagnostic import Path
from netspec.pages.outline import Written, entries
from netspec.report import Report
from netspec.source import Source
from netspec.source.spot import Spot, at


class Reading:
    """What a text says, and the report on it."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report

    @property
    def data(self) -> dict[str, Any]:
        """The document as plain data; empty where it is no mapping."""
        return self.source.data if isinstance(self.source.data, dict) else {}

    @cached_property
    def entries(self) -> dict[Path, Written]:
        """Every entry by its path."""
        return {entry.path: entry for entry in entries(self.source.data)}

    def entry(self, path: Path) -> Written | None:
        """The innermost entry around a path."""
        for length in range(len(path), 0, -1):
            if found := self.entries.get(path[:length]):
                return found
        return None

    def spot(self, line: int, column: int) -> Spot | None:
        """The key or value around a place; lines and columns count from 1."""
        return at(self.source, line, column)


def read(text: str, path: str) -> Reading:
    """The reading of a text; SpecError where it is no YAML. `path` is what messages call it."""
    parsed = source.parse(text, path)
    return Reading(parsed, report.examine(parsed))


_MODELINE = re.compile(r"^#.*\$schema=\S*netspec", re.MULTILINE)
_SECTIONS = [re.compile(rf"^{name}[ \t]*:", re.MULTILINE) for name in ("input", "layers")]


def is_spec(text: str) -> bool:
    """Whether a YAML text is a spec, broken as it may be.

    It names netspec's schema in a comment, or it has both an input and layers.
    """
    return bool(_MODELINE.search(text)) or all(key.search(text) for key in _SECTIONS)


class Shift:
    """Lines of a text that was read, and of the text as it is now: what did not change is matched.

    Lines count from 1; where as many lines changed as there were, each is taken for the one in its
    place.
    """

    def __init__(self, before: Sequence[str], now: Sequence[str]) -> None:
        most = min(len(before), len(now))
        self.grown = len(now) - len(before)
        self.head = next((i for i in range(most) if before[i] != now[i]), most)
        rest = range(1, most - self.head + 1)
        self.tail = next((i - 1 for i in rest if before[-i] != now[-i]), len(rest))
        self.lines = len(before)

    def now(self, line: int) -> int | None:
        """Where a line that was read is now; None where it is gone."""
        if line <= self.head or not self.grown:
            return line
        return line + self.grown if line > self.lines - self.tail else None

    def before(self, line: int) -> int | None:
        """Which line that was read is this one; None where it is new."""
        if line <= self.head or not self.grown:
            return line
        return line - self.grown if line > self.lines + self.grown - self.tail else None
