"""Diagnostics for people: the message, the line it is about with carets below, the way out."""

from __future__ import annotations

import re
from functools import lru_cache

from netspec.diagnostic import Diagnostic, Span
from netspec.render import safe
from netspec.render.look import BLUE, BOLD, SEVERITIES, Look
from netspec.render.safe import cell, escape, marked

_WIDEST = 240
_CUT = "..."


def render(diagnostic: Diagnostic, text: str | None, color: bool, width: int | None) -> str:
    """The diagnostic over several lines, with no newline at its end.

    `text` is the file it is about, where that can be shown; its line is cut to `width` columns.
    """
    paint = Look(color).paint
    span, style = diagnostic.span, SEVERITIES[diagnostic.severity]
    head = paint(style, f"{diagnostic.severity}[{escape(diagnostic.code)}]")
    lines = [f"{head}{paint(BOLD, f': {escape(diagnostic.message)}')}"]
    gutter = len(str(span.line)) if span else 1
    if diagnostic.path or span:
        lines.append(f"{'':{gutter}}{paint(BLUE, '-->')} {_where(diagnostic.path, span)}")
    line = row(text, span.line) if text and span else None
    if line is not None and span:
        room = min(width or _WIDEST, _WIDEST) - gutter - 3
        shown, before, length = _fit(marked(line), span, max(room, 16))
        bar = paint(BLUE, f"{'':{gutter}} |")
        lines.append(bar)
        lines.append(f"{paint(BLUE, f'{span.line} |')} {shown}".rstrip())
        lines.append(f"{bar} {'':{before}}{paint(style, '^' * length)}")
    equals = f"{'':{gutter}} {paint(BLUE, '=')}"
    if diagnostic.help:
        lines.append(f"{equals} {paint(BOLD, 'help:')} {escape(diagnostic.help)}")
    for used, at in diagnostic.trace:
        where = _where(diagnostic.path, at)
        lines.append(f"{equals} in block '{escape(used)}', used at {where}")
    return "\n".join(lines)


def concise(diagnostic: Diagnostic) -> str:
    """The diagnostic on one line: `path:line:column: error[code] message`."""
    where = _where(diagnostic.path, diagnostic.span)
    what = f"{diagnostic.severity}[{escape(diagnostic.code)}] {escape(diagnostic.message)}"
    return f"{where}: {what}" if where else what


def _where(path: str | None, span: Span | None) -> str:
    place = f"{span.line}:{span.column}" if span else ""
    return ":".join(part for part in (escape(path or ""), place) if part)


@lru_cache(maxsize=4)
def _rows(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))


def row(text: str, line: int) -> str | None:
    """A line of a text, counted from 1; None where it has fewer."""
    rows = _rows(text)
    return rows[line - 1] if line <= len(rows) else None


def _width(character: str) -> int:
    return safe.width(cell(character))


def _fit(row: str, span: Span, room: int) -> tuple[str, int, int]:
    """A piece of `row` at most `room` columns wide, and where in it the carets stand."""
    first = min(span.column - 1, len(row))
    while 0 < first < len(row) and _width(row[first]) == 0:
        first -= 1
    last = len(row) if span.end_line > span.line else min(span.end_column - 1, len(row))
    left, right = 0, len(row)
    if len(row) > 4 * room or sum(map(_width, row)) > room:
        left, right = _window(row, first, last, room - 2 * len(_CUT))
    start, end = _CUT if left else "", _CUT if right < len(row) else ""
    shown = start + "".join(map(cell, row[left:right])) + end
    before = len(start) + sum(map(_width, row[left:first]))
    return shown, before, max(1, sum(map(_width, row[first : min(last, right)])))


def _window(row: str, first: int, last: int, room: int) -> tuple[int, int]:
    """What fits of `row`: the characters above the carets, then as much on either side."""
    left = right = first
    while room > 0 and right - left < min(len(row), 4 * _WIDEST):
        onward = right < last or left == 0 or first - left >= right - last
        if onward and right < len(row):
            room -= _width(row[right])
            right += room >= 0
        else:
            room -= _width(row[left - 1])
            left -= room >= 0
    return left, right
