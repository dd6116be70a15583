"""YAML text → plain data, and the place of everything in it.

YAML 1.2 core without tags, merge keys and several documents. The data is built in one pass over
parse events, never by recursion, so every limit holds before a hostile file can do harm.
"""

from __future__ import annotations

import math
import os
import re
import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, NoReturn

import yaml

from netspec.diagnostic import Diagnostic, Path, Span, SpecError, UsageError, nearest

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_ALIASED = 20_000
MAX_INT = 2**63 - 1

_BREAK = re.compile(r"\r\n|\r|\n")
_DIRECTIVE = re.compile(r"^%(?!YAML 1\.[12]\s).*", re.MULTILINE)
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_WORDS = dict.fromkeys(("", "~", "null", "Null", "NULL")) | {
    spelled: spelled.lower() == "true"
    for spelled in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_KEY = re.compile(r":(\s|$)")


@dataclass(slots=True, eq=False, repr=False)
class _Node:
    """A value of the file; a finished one counts `size` values and nests `height` deep."""

    data: Any
    start: Any
    end: Any
    children: dict[str, _Node] | list[_Node] | None = None
    key: _Node | None = None
    size: int = 0
    height: int = 0


@dataclass(slots=True, eq=False, repr=False)
class Source:
    """A spec as plain data that remembers where each value stands."""

    path: str
    text: str
    lines: list[str]
    data: Any
    _root: _Node

    def span(self, path: Path, key: bool = False) -> Span:
        """Return the place of the value at `path`, or of its key, on its first line.

        Where the file does not go as deep as `path`, it is the place of the deepest value it has.
        """
        node = self._root
        for part in path:
            try:
                node = node.children[part]  # type: ignore[index]
            except (LookupError, TypeError):
                key = False
                break
        if node.key and (key or node.start.index == node.end.index):
            node = node.key
        if node.end.line == node.start.line:
            return _span(self.lines, node.start, node.end)
        line, column = node.start.line + 1, node.start.column + 1
        return Span(line, column, line, self._first_line_end(node) + 1)

    def _first_line_end(self, node: _Node) -> int:
        row, column = node.start.line, node.start.column
        if node.end.line == row:
            return int(node.end.column)
        words = self.lines[row][column:].rstrip()
        if node.children is None:
            return int(column + len(words))
        end = int(column + len(words.split(maxsplit=1)[0]))
        children = node.children
        for child in children.values() if isinstance(children, dict) else children:
            if child.key and child.key.start.line == row:
                end = self._first_line_end(child.key)
            if child.start.line != row:
                break
            end = self._first_line_end(child)
        return end


def read(path: str | os.PathLike[str]) -> Source:
    """Read a spec; raise UsageError for an unreadable file, SpecError for what is in it."""
    return parse(read_bytes(path), _shown(path))


def parse(text: str | bytes, path: str) -> Source:
    """Read a spec from `text`; `path` is what messages call it."""
    try:
        if len(text) > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES // 1024} KiB"
            raise _Refused("too-large", message, "use blocks and `repeat`, or several specs")
        text = _decode(text) if isinstance(text, bytes) else text.removeprefix("\ufeff")
        lines = _BREAK.split(text)
        _check_characters(text)
        root = _Builder(lines).build(text)
    except _Refused as refusal:
        code, message, hint, span = refusal.args
        raise SpecError([Diagnostic(code, message, help=hint, path=path, span=span)]) from None
    return Source(path, text, lines, root.data, root)


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return what a regular file holds, at most one byte more than a spec may have."""
    name = _shown(path)
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


def _shown(path: str | os.PathLike[str]) -> str:
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


class _Refused(Exception):
    def __init__(
        self, code: str, message: str, hint: str | None = None, span: Span | None = None
    ) -> None:
        super().__init__(code, message, hint, span)


def _decode(data: bytes) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        before, byte = error.object[: error.start].decode(), error.object[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8"
        span = _place(before, len(before))
        raise _Refused("not-utf8", message, "save the file as UTF-8 text", span) from None


def _check_characters(text: str) -> None:
    if bad := _NOT_TEXT.search(text):
        message = f"the character U+{ord(bad[0]):04X} is not text"
        raise _Refused("not-text", message, "delete it", _place(text, bad.start()))
    if line := _DIRECTIVE.search(text):
        span = _place(text, line.start(), len(line[0].rstrip()))
        raise _Refused("yaml-directive", "directives are not used here", "delete this line", span)


def _place(text: str, index: int, length: int = 1) -> Span:
    before = _BREAK.split(text[:index])
    line, column = len(before), len(before[-1]) + 1
    return Span(line, column, line, column + length)


def _span(lines: list[str], start: Any, end: Any = None) -> Span:
    """Return the stretch between two marks as far as it is on the first one's line."""
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


def _scalar(text: str) -> str | int | float | bool | None:
    """Resolve a plain scalar as YAML 1.2 core does."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        # int() itself raises for thousands of digits
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)) if len(text) < 99 else math.inf
        if abs(number) > MAX_INT:
            hint = f"integers go up to {MAX_INT}; quote it if it is text"
            raise _Refused("number-too-large", "the integer does not fit into 64 bits", hint)
        return number
    if _FLOAT.fullmatch(text):
        if math.isinf(number := float(text)):
            hint = "numbers go up to 1.797e308; quote it if it is text"
            raise _Refused("number-too-large", "the number does not fit into a float", hint)
        return number
    if _NOT_FINITE.fullmatch(text):
        raise _Refused("number-not-finite", f"{text} is not a finite number", "write a number")
    return text


@dataclass(slots=True, eq=False)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: _Node
    flow: bool = False
    counted: int = 0
    key: _Node | None = None


@dataclass(slots=True, eq=False)
class _Builder:
    lines: list[str]
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)
    nodes: int = 0
    aliased: int = 0

    def build(self, text: str) -> _Node:
        documents: list[_Node] = []
        self.stack.append(_Open(_Node([], None, None, documents)))
        # The C parser is absent from some builds of PyYAML; both give the same events.
        try:
            loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
            while event := loader.get_event():
                self.take(event)
        except yaml.MarkedYAMLError as error:
            raise _syntax_refused(error, self.lines) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise _Refused("yaml-syntax", f"not YAML: {error}".partition("\n")[0]) from None
        if not documents or documents[0].data is None:
            hint = "a spec says at least `input:` and `layers:`"
            raise _Refused("empty-file", "the file says nothing", hint, Span(1, 1, 1, 1))
        return documents[0]

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self.add(self.scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self.open(event, kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.close(event)
        elif kind is yaml.AliasEvent:
            self.add(self.alias(event))
        elif kind is yaml.DocumentStartEvent and self.stack[0].node.children:
            hint = "a file holds one spec: move this one to a file of its own"
            self.refuse(event, "several-documents", "a second document starts here", hint)

    def scalar(self, event: Any) -> _Node:
        self.count(event)
        data = event.value
        if event.implicit[0]:
            try:
                data = _scalar(data)
            except _Refused as refusal:
                self.refuse(event, *refusal.args[:3])
        elif event.style == '"' and (bad := _NOT_TEXT.search(data)):
            message = f"the string holds U+{ord(bad[0]):04X}, which is not text"
            self.refuse(event, "not-text", message, "delete this escape")
        node = _Node(data, event.start_mark, event.end_mark, size=1)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def open(self, event: Any, mapping: bool) -> None:
        self.check_depth(event, 1)
        empty: Any = ({}, {}) if mapping else ([], [])
        node = _Node(empty[0], event.start_mark, event.end_mark, empty[1], height=1)
        self.stack.append(_Open(node, event.flow_style, self.nodes))
        self.count(event)
        if event.anchor:
            self.anchors[event.anchor] = node

    def close(self, event: Any) -> None:
        top = self.stack.pop()
        node, children = top.node, top.node.children
        node.size = self.nodes - top.counted
        node.end = event.end_mark
        if children and not top.flow:
            # a block's own end mark is where the next token starts
            last = children.values() if isinstance(children, dict) else children
            node.end = next(reversed(last)).end
        self.add(node)

    def alias(self, event: Any) -> _Node:
        name, target = _short(event.anchor), self.anchors.get(event.anchor)
        if not target:
            hint = f"write &{name} before the value it stands for, or quote it if it is text"
            self.refuse(event, "unknown-alias", f"no &{name} comes before this *{name}", hint)
        if not target.size:
            hint = "a value cannot hold itself"
            self.refuse(event, "recursive-alias", f"*{name} is part of what it stands for", hint)
        self.check_depth(event, target.height)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            message = f"aliases stand for more than {MAX_ALIASED} values"
            self.refuse(event, "too-many-aliases", message, "use blocks and `repeat` instead")
        self.count(event, target.size)
        start, end, children = event.start_mark, event.end_mark, target.children
        return _Node(target.data, start, end, children, None, target.size, target.height)

    def add(self, node: _Node) -> None:
        """Give a finished value to the list or mapping around it."""
        top = self.stack[-1]
        parent, key = top.node, top.key
        parent.height = max(parent.height, node.height + 1)
        if isinstance(parent.children, list):
            parent.data.append(node.data)
            parent.children.append(node)
        elif not key:
            self.check_key(node, parent.children or {})
            top.key = node
        elif parent.children is not None:
            parent.data[key.data] = node.data
            parent.children[key.data] = node
            node.key, top.key = key, None

    def check_key(self, node: _Node, known: dict[str, _Node]) -> None:
        name = node.data
        if isinstance(name, str) and name != "<<" and name not in known:
            return
        span = _span(self.lines, node.start, node.end)
        text = self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        if not isinstance(name, str):
            hint = f'quote it: "{_short(text)}"' if text and not node.children else "name it"
            raise _Refused("key-not-text", "a key must be text", hint, span)
        if text == "<<":
            hint = "write the keys out, or use a block with arguments"
            raise _Refused("merge-key", "merge keys are not used here", hint, span)
        if name in known and (first := known[name].key):
            hint = f"the first is on line {first.start.line + 1}"
            raise _Refused("duplicate-key", f"{_short(name)} is given twice", hint, span)

    def count(self, event: Any, nodes: int = 1) -> None:
        if getattr(event, "tag", None) is not None:
            hint = "delete it, and quote the value if it is text"
            self.refuse(event, "yaml-tag", f"the tag {_short(event.tag)} is not used here", hint)
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            message = f"the file holds more than {MAX_NODES} values"
            self.refuse(event, "too-large", message, "use blocks and `repeat`, or several specs")

    def check_depth(self, event: Any, height: int) -> None:
        if len(self.stack) - 1 + height > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of nesting"
            self.refuse(event, "too-deep", message, "move the inner layers into a block")

    def refuse(self, event: Any, code: str, message: str, hint: str) -> NoReturn:
        raise _Refused(code, message, hint, _span(self.lines, event.start_mark, event.end_mark))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _syntax_refused(error: yaml.MarkedYAMLError, lines: list[str]) -> _Refused:
    """Say in a person's words what the parser stumbled over, and where it began."""
    problem, context = error.problem or "", error.context or ""
    at: Any = error.problem_mark or error.context_mark
    since: Any = error.context_mark or at
    here, start = _span(lines, at), _span(lines, since)
    line = lines[here.line - 1]
    found, opener = line[here.column - 1 :][:1], lines[start.line - 1][start.column - 1 :][:1]
    thing = f"'{found}'" if found else "the end of the file"
    quote = "quote it if it is text"

    def refuse(message: str, hint: str, span: Span = here) -> _Refused:
        return _Refused("yaml-syntax", message, hint, span)

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
        return _Refused("yaml-tag", "tags are not used here", "delete it", start)
    return refuse(f"not YAML: {problem}".partition("\n")[0], quote)


def _stray_colon(lines: list[str], row: int, colon: Span) -> _Refused:
    before = lines[row][: colon.column - 1]
    indent = len(before) - len(before.lstrip(" "))
    above = row - 1
    while above > 0 and not lines[above].partition("#")[0].strip():
        above -= 1
    if _KEY.search(before) or above < 0:
        hint = "quote the value if the ':' is part of it"
        return _Refused("yaml-syntax", "a second ':' on this line", hint, colon)
    if not _KEY.search(lines[above]):
        column = len(lines[above]) - len(lines[above].lstrip(" -"))
        return _missing_colon(lines, above, column)
    span = Span(row + 1, indent + 1, row + 1, colon.column)
    hint = f"align it with line {above + 1}"
    return _Refused("yaml-syntax", "the line is indented too far", hint, span)


def _missing_colon(lines: list[str], row: int, column: int) -> _Refused:
    text = re.sub(r"\s+(#.*)?$", "", lines[row])
    if (colon := text.find(":", column)) >= 0:
        span = Span(row + 1, colon + 1, row + 1, colon + 2)
        hint = f"{text[column : colon + 1]} {text[colon + 1 :]}"
        return _Refused("yaml-syntax", "expected a space after ':'", _short(hint), span)
    span = Span(row + 1, column + 1, row + 1, max(column, len(text)) + 1)
    hint = "a key looks like `name: value`"
    return _Refused("yaml-syntax", f"expected ':' after {_short(text[column:])}", hint, span)
