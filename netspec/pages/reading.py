"""A spec as an editor shows it: its text, its figures, and where everything stands."""

from __future__ import annotations

from functools import cached_property

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
