"""YAML syntax errors in a person's words."""

from __future__ import annotations

import re
from typing import Any

import yaml

from netspec.diagnostic import Span, short
from netspec.source.refusal import Refused, span_of

_KEY = re.compile(r":(\s|$)")
_JOINED = re.compile(r"[\w)]:(?=[\[{])")
_UNQUOTED = re.compile(r""" "[^"]*" | '[^']*' | (^|\s)\#.* | (?P<odd>[^\x00-\x7f]) """, re.VERBOSE)
"""Characters outside of ASCII, and what may hold any."""


def explain(error: yaml.MarkedYAMLError, lines: list[str]) -> Refused:
    """Say in a person's words what the parser stumbled over, and where it began."""
    problem, context = error.problem or "", error.context or ""
    at: Any = error.problem_mark or error.context_mark
    since: Any = error.context_mark or at
    here, start = span_of(lines, at), span_of(lines, since)
    line = lines[here.line - 1]
    found, opener = line[here.column - 1 :][:1], lines[start.line - 1][start.column - 1 :][:1]
    thing = f"'{found}'" if found else "the end of the file"
    quote = "quote it if it is text"

    def refuse(message: str, hint: str, span: Span = here) -> Refused:
        return Refused("yaml-syntax", message, hint, span)

    if said := _odd(lines, since.line, at.line):
        return Refused("odd-character", *said[0], said[1])
    if found == "\t":
        return refuse("a tab cannot indent", "indent with spaces")
    if "quoted scalar" in context and "unexpected" in problem:
        return refuse(f"this {opener} is never closed", f"close it with {opener}", start)
    if "quoted scalar" in context:
        hint = "write \\\\ for a backslash, or use single quotes"
        return refuse("unknown escape in a double-quoted string", hint)
    if " or ']'" in problem or " or '}'" in problem:
        closer = "]" if opener == "[" else "}"
        if found in ("]", "}"):
            hint = f"'{opener}' opens in line {start.line}, column {start.column}"
            return refuse(f"expected '{closer}', found '{found}'", hint)
        if here.line > start.line or not found:
            hint = f"close it with '{closer}', or put ',' between its entries"
            return refuse(f"this '{opener}' is not closed", hint, start)
        return refuse(f"expected ',' or '{closer}', found {thing}", "put ',' between entries")
    if "mapping values are not allowed" in problem:
        return _stray_colon(lines, at.line, here)
    if "unexpected ':'" in problem:
        return refuse("expected a space after ':'", f"put one before {line[here.column :][:1]}")
    if "could not find expected ':'" in problem:
        return _missing_colon(lines, since.line, since.column)
    if "sequence entries are not allowed" in problem:
        hint = "move it to the next line, or write [a, b]"
        return refuse("a list cannot start on the line of its key", hint)
    if "node content" in problem:
        hint = "quote it if it is text" if found else "close every '[' and '{'"
        return refuse(f"expected a value, found {thing}", hint)
    if "cannot start any token" in problem or "mapping keys are not allowed" in problem:
        return refuse(f"a value cannot start with {thing}", quote)
    if "alphabetic or numeric" in problem:
        return refuse(f"expected a name after '{opener}'", quote, start)
    if "block scalar" in context:
        return refuse(f"expected a new line after '{opener}', found {thing}", quote)
    if "document start" in problem:
        return refuse(f"expected the end of the file, found {thing}", "indent it or delete it")
    if "block mapping" in context or "block collection" in context:
        if line[: here.column - 1].strip(" "):
            return refuse(f"unexpected {thing}", "delete it, or quote the whole value")
        if at.column != since.column:
            hint = "align it with the lines it belongs to"
            return refuse("the indentation matches no line above", hint)
        wanted = "a key" if "mapping" in context else "'- '"
        return refuse(f"expected {wanted}, as in line {start.line}, found {thing}", "indent it")
    if "tag" in context or "tag" in problem:
        return Refused("yaml-tag", "tags are not used here", "delete it", start)
    return refuse(f"not YAML: {problem}".partition("\n")[0], quote)


def _odd(lines: list[str], first: int, last: int) -> tuple[tuple[str, str], Span] | None:
    """A character on the lines of a mistake that only looks like one of YAML's."""
    if all(line.isascii() for line in lines[max(first - 1, 0) : last + 1]):
        return None
    from netspec.source.characters import said_of

    for row in range(max(first - 1, 0), min(last + 1, len(lines))):
        for found in _UNQUOTED.finditer(lines[row]):
            if found["odd"] and (said := said_of(found["odd"])):
                column = found.start() + 1
                return said, Span(row + 1, column, row + 1, column + 1)
    return None


def _stray_colon(lines: list[str], row: int, colon: Span) -> Refused:
    before = lines[row][: colon.column - 1]
    indent = len(before) - len(before.lstrip(" "))
    above = row - 1
    while above > 0 and not lines[above].partition("#")[0].strip():
        above -= 1
    if joined := _JOINED.search(before):
        column = joined.end()
        span, rest = Span(row + 1, column, row + 1, column + 1), lines[row][column:].strip()
        word = before[:column].split()[-1]
        hint = short(f"write {word} {rest}", 100)
        return Refused("yaml-syntax", "expected a space after ':'", hint, span)
    if _KEY.search(before) or above < 0:
        hint = "quote the value if the ':' is part of it"
        return Refused("yaml-syntax", "a second ':' on this line", hint, colon)
    if not _KEY.search(lines[above]):
        column = len(lines[above]) - len(lines[above].lstrip(" -"))
        return _missing_colon(lines, above, column)
    span = Span(row + 1, indent + 1, row + 1, colon.column)
    hint = f"align it with line {above + 1}"
    return Refused("yaml-syntax", "the line is indented too far", hint, span)


def _missing_colon(lines: list[str], row: int, column: int) -> Refused:
    text = re.sub(r"\s+(#.*)?$", "", lines[row])
    if (colon := text.find(":", column)) >= 0:
        span = Span(row + 1, colon + 1, row + 1, colon + 2)
        hint = f"{text[column : colon + 1]} {text[colon + 1 :]}"
        return Refused("yaml-syntax", "expected a space after ':'", short(hint), span)
    span = Span(row + 1, column + 1, row + 1, max(column, len(text)) + 1)
    hint = "a key looks like `name: value`"
    return Refused("yaml-syntax", f"expected ':' after {short(text[column:])}", hint, span)
