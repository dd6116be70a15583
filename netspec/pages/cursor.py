"""Where in a spec a cursor is, from its lines alone: what is being typed is seldom YAML yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from netspec.diagnostic import Path

_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s'"{}\[\],#:&*!|>%@`-][^\s'"{}\[\],:]*)\s*:(?=\s|$)""")
_WORD = re.compile(r"[\w.$-]*$")
_QUOTED = re.compile(r""" "(\\.|[^"\\])*"? | '[^']*'? """, re.VERBOSE)


class Cursor(NamedTuple):
    """A place to type at."""

    path: Path
    """The mapping, list or value that it is in; 0 stands for any item."""
    within: Literal["key", "item", "value"]
    """A key of that mapping, an item of that list, or that value."""
    word: str
    """What is typed there already."""


class _Frame(NamedTuple):
    indent: int
    name: str | int


def cursor(lines: Sequence[str], line: int, column: int) -> Cursor:
    """Where a place is; lines and columns count from 1."""
    text = lines[line - 1][: column - 1]
    frames, rest = _head(text)
    word = _WORD.search(rest)
    assert word is not None
    inside, within = _flow(rest)
    around = _around(lines, line - 1, frames, len(text) - len(text.lstrip()))
    path = (*around, *(frame.name for frame in frames), *inside)
    if within is None:  # behind a key, or where a key or an item begins
        last = frames[-1].name if frames else None
        within = "value" if isinstance(last, str) else "item" if last == 0 else "key"
    return Cursor(path, within, word[0])


def _head(text: str) -> tuple[list[_Frame], str]:
    """The dashes and the key that a line begins with, and what comes behind."""
    frames: list[_Frame] = []
    at = len(text) - len(text.lstrip())
    while text[at : at + 2] == "- " or text[at:] == "-":
        frames.append(_Frame(at, 0))
        at += 1
        at += len(text[at:]) - len(text[at:].lstrip())
    if found := _KEY.match(text, at):
        frames.append(_Frame(at, found[1].strip("\"'")))
        at = found.end()
    return frames, text[at:]


def _flow(text: str) -> tuple[list[str | int], Literal["key", "item", "value"] | None]:
    """What is open in brackets at the end of a text, and what stands there."""
    stack: list[list[str]] = []
    at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        character = text[at]
        if character in "{[":
            stack.append([character])
        elif character in "}]" and stack:
            stack.pop()
        elif character == "," and stack:
            del stack[-1][1:]
        elif stack and (key := _KEY.match(text, at)) and not text[at - 1 : at].isalnum():
            stack[-1][1:] = [key[1]]
            at = key.end()
            continue
        at += 1
    path: list[str | int] = []
    for one in stack:
        path += [*([0] if one[0] == "[" else []), *one[1:]]
    if not stack:
        return path, None
    if stack[-1][1:]:
        return path, "value"
    return path, "item" if stack[-1][0] == "[" else "key"


def _around(lines: Sequence[str], above: int, own: list[_Frame], indent: int) -> Path:
    """What a line is in, outermost first, from the lines above it."""
    path: list[str | int] = []
    dash = bool(own) and own[0].name == 0
    for text in reversed(lines[:above]):
        if indent == 0 and not dash:
            break
        stripped = text.lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        frames, _ = _head(text)
        outer = [
            frame
            for frame in frames
            if frame.indent < indent or (dash and frame.indent == indent and frame.name != 0)
        ]
        if outer:
            path = [*(frame.name for frame in outer), *path]
            indent, dash = outer[0].indent, outer[0].name == 0
    return tuple(path)
