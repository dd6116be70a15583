"""netspec's places and findings as the protocol has them: from 0, in the client's units."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from lsprotocol import types
from pygls.workspace import PositionCodec

from netspec.diagnostic import Diagnostic, Severity, Span
from netspec.pages.codes import codes, page
from netspec.pages.reading import Reading
from netspec.source.lines import lines_of

_SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
UNNECESSARY = frozenset(
    "unused-argument unused-block unused-variable unused-ignore idle-layer idle-scheduler".split()
)
"""Codes of what could be deleted, which editors show faded."""


class Ruler:
    """Places of a text, in netspec's columns and in the client's."""

    def __init__(self, lines: Sequence[str], codec: PositionCodec) -> None:
        self.lines, self.codec = lines, codec

    def position(self, line: int, column: int) -> types.Position:
        """The client's position of a place that counts from 1."""
        row = self.lines[line - 1] if line <= len(self.lines) else ""
        before = row[: column - 1]
        units = len(before) if before.isascii() else self.codec.client_num_units(before)
        return types.Position(line - 1, units)

    def range(self, span: Span) -> types.Range:
        """The client's range of a stretch."""
        start = self.position(span.line, span.column)
        return types.Range(start, self.position(span.end_line, span.end_column))

    def end(self, line: int) -> types.Position:
        """The end of a line that counts from 1."""
        return self.position(line, len(self.lines[line - 1]) + 1)

    def place(self, position: types.Position) -> tuple[int, int]:
        """Line and column, from 1, of a client's position."""
        if position.line >= len(self.lines):
            return len(self.lines), len(self.lines[-1]) + 1
        row = self.lines[position.line]
        if row.isascii():
            return position.line + 1, min(position.character, len(row)) + 1
        column = units = 0
        while column < len(row) and units < position.character:
            units += self.codec.client_num_units(row[column])
            column += 1
        return position.line + 1, column + 1


def diagnostic(
    found: Diagnostic, uri: str, ruler: Ruler, reading: Reading | None
) -> types.Diagnostic:
    """A finding with its page, the uses of blocks that led there, and whether it is faded."""
    span = found.span or Span(1, 1, 1, 1)
    faded = found.code in UNNECESSARY
    if faded and reading:
        span = _whole(found, span, reading)
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri, ruler.range(at)), f"block {block} is used here"
        )
        for block, at in found.trace
    ]
    link = link_of(found.code)
    return types.Diagnostic(
        ruler.range(span),
        found.text(),
        _SEVERITIES[found.severity],
        found.code,
        types.CodeDescription(link) if link else None,
        "netspec",
        [types.DiagnosticTag.Unnecessary] if faded else None,
        related or None,
    )


def _whole(found: Diagnostic, span: Span, reading: Reading) -> Span:
    """All of what its fix would delete around a stretch, without blanks and commas beside it."""
    for edit in found.fix.edits if found.fix else ():
        if not edit.text and edit.span[:2] <= span[:2] and span[2:] <= edit.span[2:]:
            lines = lines_of(reading.source.text)
            start, end = lines.index(*edit.span[:2]), lines.index(*edit.span[2:])
            deleted = reading.source.text[start:end]
            start += len(deleted) - len(deleted.lstrip(", \r\n"))
            return lines.span(start, start + len(deleted.strip(", \r\n")))
    return span


def link_of(code: str) -> str | None:
    """Where the page of a code can be read: a file of the installed package."""
    if code not in codes():
        return None
    file, _, section = page(code).file.partition("#")
    place = files("netspec") / file.removeprefix("netspec/")
    from pathlib import Path

    return Path(str(place)).as_uri() + (f"#{section}" if section else "")
