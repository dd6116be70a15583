"""What is refused in a file, and where."""

from __future__ import annotations

import re
from typing import Any

from netspec.diagnostic import Span

BREAK = re.compile(r"\r\n|\r|\n")


class Refused(Exception):
    def __init__(
        self, code: str, message: str, hint: str | None = None, span: Span | None = None
    ) -> None:
        super().__init__(code, message, hint, span)


def place(text: str, index: int, length: int = 1) -> Span:
    before = BREAK.split(text[:index])
    line, column = len(before), len(before[-1]) + 1
    return Span(line, column, line, column + length)


def span_of(lines: list[str], start: Any, end: Any = None) -> Span:
    """The stretch between two marks as far as it is on the first one's line."""
    row = min(start.line, len(lines) - 1)
    text = lines[row]
    column = min(start.column, len(text)) if row == start.line else len(text)
    if end is None:
        last = column + 1
    elif end.line > start.line:
        last = len(text.rstrip())
    else:
        last = end.column
        if end.index == start.index and text[:column].endswith("-"):
            column -= 1  # an item without a value: its dash
    return Span(row + 1, column + 1, row + 1, max(column, last) + 1)
