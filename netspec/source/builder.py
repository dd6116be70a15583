"""Parse events → one tree of nodes, within limits that hold at every event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn

import yaml

from netspec.diagnostic import Span, short
from netspec.source.refusal import Refused, place, span_of
from netspec.source.scalar import NOT_TEXT, plain

MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_ALIASED = 20_000

_TOO_DEEP = (
    "too-deep", f"more than {MAX_DEPTH} levels of nesting", "move the inner layers into a block",
)  # fmt: skip
_BRACKETS = re.compile(r""" "(\\[\s\S]|[^"\\])*"? | '[^']*'? | \#.* | [][{}] """, re.VERBOSE)
"""Brackets, and what may hold some that open nothing."""


class Node:
    """A value of the file; a finished one counts `size` values and nests `height` deep."""

    __slots__ = ("children", "data", "end", "height", "key", "size", "start")

    def __init__(
        self,
        data: Any,
        start: Any,
        end: Any,
        children: dict[str, Node] | list[Node] | None = None,
        key: Node | None = None,
        size: int = 0,
        height: int = 0,
    ) -> None:
        self.data, self.start, self.end = data, start, end
        self.children, self.key = children, key
        self.size, self.height = size, height

    def inside(self) -> Iterable[tuple[str | int, Node]]:
        """What it holds, by key or by number."""
        held = self.children or ()
        return held.items() if isinstance(held, dict) else enumerate(held)


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("counted", "flow", "key", "node")

    def __init__(self, node: Node, flow: bool = False, counted: int = 0) -> None:
        self.node, self.flow, self.counted = node, flow, counted
        self.key: Node | None = None


class Builder:
    """Puts values into one another as the parser reports them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.nodes = self.aliased = 0
        self.read = 0

    def build(self, text: str) -> Node:
        documents: list[Node] = []
        self.stack.append(_Open(Node([], None, None, documents)))
        # The C parser is absent from some builds of PyYAML; both give the same events.
        try:
            loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
            while event := loader.get_event():
                self.take(event)
                self.read = event.end_mark.index
        except yaml.MarkedYAMLError as error:
            from netspec.source.syntax import explain

            self.check_brackets(text, error)
            raise explain(error, self.lines) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise Refused("yaml-syntax", f"not YAML: {error}".partition("\n")[0]) from None
        if not documents or documents[0].data is None:
            hint = "a spec says at least `input:` and `layers:`"
            raise Refused("empty-file", "the file says nothing", hint, Span(1, 1, 1, 1))
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

    def scalar(self, event: Any) -> Node:
        self.count(event)
        data = event.value
        if event.implicit[0]:
            try:
                data = plain(data)
            except Refused as refusal:
                self.refuse(event, *refusal.args[:3])
        elif event.style == '"' and (bad := NOT_TEXT.search(data)):
            message = f"the string holds U+{ord(bad[0]):04X}, which is not text"
            self.refuse(event, "not-text", message, "delete this escape")
        node = Node(data, event.start_mark, event.end_mark, size=1)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def open(self, event: Any, mapping: bool) -> None:
        self.check_depth(event, 1)
        empty: Any = ({}, {}) if mapping else ([], [])
        node = Node(empty[0], event.start_mark, event.end_mark, empty[1], height=1)
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

    def alias(self, event: Any) -> Node:
        name, target = short(event.anchor), self.anchors.get(event.anchor)
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
        return Node(target.data, start, end, children, None, target.size, target.height)

    def add(self, node: Node) -> None:
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

    def check_key(self, node: Node, known: dict[str, Node]) -> None:
        name = node.data
        if isinstance(name, str) and name != "<<" and name not in known:
            return
        span = span_of(self.lines, node.start, node.end)
        text = self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        if not isinstance(name, str):
            before = self.lines[span.line - 1][: span.column - 1]
            if before.count("(") > before.count(")"):
                column = before.rindex("(")
                values = self.lines[span.line - 1][column + 1 :].partition(")")[0]
                hint, opener = short(f"write [{values.strip(', ')}]"), Span(
                    span.line, column + 1, span.line, column + 2
                )  # fmt: skip
                raise Refused("yaml-syntax", "a list has square brackets", hint, opener)
            hint = f'quote it: "{short(text)}"' if text and not node.children else "name it"
            raise Refused("key-not-text", "a key must be text", hint, span)
        if text == "<<":
            hint = "write the keys out, or use a block with arguments"
            raise Refused("merge-key", "merge keys are not used here", hint, span)
        if name in known and (first := known[name].key):
            hint = f"the first is on line {first.start.line + 1}"
            raise Refused("duplicate-key", f"{short(name)} is given twice", hint, span)

    def count(self, event: Any, nodes: int = 1) -> None:
        if getattr(event, "tag", None) is not None:
            hint = "delete it, and quote the value if it is text"
            self.refuse(event, "yaml-tag", f"the tag {short(event.tag)} is not used here", hint)
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            message = f"the file holds more than {MAX_NODES} values"
            self.refuse(event, "too-large", message, "use blocks and `repeat`, or several specs")

    def check_depth(self, event: Any, height: int) -> None:
        if len(self.stack) - 1 + height > MAX_DEPTH:
            self.refuse(event, *_TOO_DEEP)

    def check_brackets(self, text: str, error: yaml.MarkedYAMLError) -> None:
        """Refuse the nesting at which a parser with a limit of its own stopped, if it did.

        It reads ahead, so that the brackets between the last event and the error are not counted.
        """
        depth = len(self.stack) - 1
        end = error.problem_mark.index + 1 if error.problem_mark else len(text)
        for found in _BRACKETS.finditer(text, self.read, end):
            depth += (found[0] in "[{") - (found[0] in "]}")
            if depth > MAX_DEPTH:
                raise Refused(*_TOO_DEEP, place(text, found.start()))

    def refuse(self, event: Any, code: str, message: str, hint: str) -> NoReturn:
        raise Refused(code, message, hint, span_of(self.lines, event.start_mark, event.end_mark))
