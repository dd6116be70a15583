"""YAML text → plain data, and the place of everything in it.

YAML 1.2 core without tags, merge keys and several documents. The data is built in one pass over
parse events, never by recursion, so every limit holds before a hostile file can do harm.
"""

from __future__ import annotations

import os
import re
import stat
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from netspec.diagnostic import Diagnostic, Path, Span, SpecError, UsageError, nearest
from netspec.source.builder import Builder, Node
from netspec.source.refusal import BREAK, Refused, place, span_of
from netspec.source.scalar import NOT_TEXT

MAX_BYTES = 1 << 20

_DIRECTIVE = re.compile(r"^%(?!YAML 1\.[12]\s).*", re.MULTILINE)


class Source:
    """A spec as plain data that remembers where each value stands."""

    __slots__ = ("data", "lines", "path", "root", "text")

    def __init__(self, path: str, text: str, lines: list[str], data: Any, root: Node) -> None:
        self.path, self.text, self.lines = path, text, lines
        self.data, self.root = data, root

    def way(self, path: Path) -> list[Node]:
        """The values from the whole file to the one at `path`, as far as the file goes."""
        way = [self.root]
        for part in path:
            try:
                way.append(way[-1].children[part])  # type: ignore[index]
            except (LookupError, TypeError):
                break
        return way

    def span(self, path: Path, key: bool = False) -> Span:
        """The place of the value at `path`, or of its key, on its first line.

        Where the file does not go as deep as `path`, it is the place of the deepest value it has.
        """
        way = self.way(path)
        node, key = way[-1], key and len(way) > len(path)
        if node.key and (key or node.start.index == node.end.index):
            node = node.key
        if node.end.line == node.start.line:
            return span_of(self.lines, node.start, node.end)
        line, column = node.start.line + 1, node.start.column + 1
        return Span(line, column, line, self._first_line_end(node) + 1)

    def _first_line_end(self, node: Node) -> int:
        row, column = node.start.line, node.start.column
        if node.end.line == row:
            return int(node.end.column)
        words = self.lines[row][column:].rstrip()
        if node.children is None:
            return int(column + len(words))
        end = int(column + len(words.split(maxsplit=1)[0]))
        for _, child in node.inside():
            if child.key and child.key.start.line == row:
                end = self._first_line_end(child.key)
            if child.start.line != row:
                break
            end = self._first_line_end(child)
        return end


def load(path: str | os.PathLike[str]) -> Source:
    """The spec in a file; UsageError where it cannot be read, SpecError for what is in it."""
    return parse(read_bytes(path), name_of(path))


def parse(text: str | bytes, path: str) -> Source:
    """The spec that a text states; `path` is what messages call it."""
    try:
        if len(text) > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES // 1024} KiB"
            raise Refused("too-large", message, "use blocks and `repeat`, or several specs")
        text = _decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")
        lines = BREAK.split(text)
        _check_characters(text)
        root = Builder(lines).build(text)
    except Refused as refusal:
        code, message, hint, span = refusal.args
        found = Diagnostic(code, message, help=hint, path=path, span=span)
        shown = text if isinstance(text, str) else text.decode(errors="replace")
        raise SpecError([found], shown) from None
    return Source(path, text, lines, root.data, root)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What a regular file holds, at most one byte more than a spec may have."""
    name = name_of(path)
    try:
        _check_regular(os.stat(path).st_mode, name)
        # What was a file a moment ago may be a FIFO now: never wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            _check_regular(os.fstat(descriptor).st_mode, name)
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot read {name}: {reason}", _neighbour(name)) from None


def name_of(path: str | os.PathLike[str]) -> str:
    """What messages call a file."""
    return FilePath(os.fsdecode(path)).as_posix()


def _check_regular(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise UsageError(f"{name} is a folder, not a file", f"name the specs in it: {name}/*.yaml")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{name} is not a regular file", "name a YAML file")


def _neighbour(name: str) -> str:
    file = FilePath(name)
    try:
        with os.scandir(file.parent) as entries:
            known = [entry.name for entry in islice(entries, 1000) if entry.name != file.name]
    except (OSError, ValueError):
        known = []
    return nearest(file.name, known) or "name a YAML file that you may read"


def _decode(data: bytes) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        before, byte = error.object[: error.start].decode(), error.object[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8"
        span = place(before, len(before))
        raise Refused("not-utf8", message, "save the file as UTF-8 text", span) from None


def _check_characters(text: str) -> None:
    if bad := NOT_TEXT.search(text):
        message = f"the character U+{ord(bad[0]):04X} is not text"
        raise Refused("not-text", message, "delete it", place(text, bad.start()))
    if line := _DIRECTIVE.search(text):
        span = place(text, line.start(), len(line[0].rstrip()))
        raise Refused("yaml-directive", "directives are not used here", "delete this line", span)
