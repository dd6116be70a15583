"""Lines and columns of a text, and its indexes."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from netspec.diagnostic import Span
from netspec.source.refusal import BREAK


@lru_cache(maxsize=8)
def lines_of(text: str) -> Lines:
    """The lines of a text, which are looked for once."""
    return Lines(text)


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in BREAK.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """The stretch between two indexes of the text."""
        return Span(*self._place(start), *self._place(end))

    def index(self, line: int, column: int) -> int:
        """The index of a place that counts from 1."""
        return self.starts[line - 1] + column - 1

    def _place(self, index: int) -> tuple[int, int]:
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1
