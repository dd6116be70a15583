"""The outline of a spec for an editor: its sections, blocks and layers, and what folds."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from netspec.diagnostic import Path, Span
from netspec.pages.hints import shape
from netspec.pages.outline import Written
from netspec.pages.reading import Reading
from netspec.source.builder import Node
from netspec.source.lines import lines_of
from netspec.source.spot import find, nodes

Sort = Literal["section", "block", "layer", "composite", "node", "variable"]


class Symbol(NamedTuple):
    """A part of a spec that has a name."""

    name: str
    detail: str
    sort: Sort
    span: Span
    """From its name to the end of what it holds."""
    named: Span
    inside: list[Symbol]


def symbols(reading: Reading) -> list[Symbol]:
    """The sections of a spec, with what is in them."""
    maker = _Maker(reading)
    return [maker.section(name) for name in reading.data]


def folds(reading: Reading) -> list[tuple[int, int]]:
    """First and last lines of what is written over several lines, counted from 1."""
    found: dict[int, int] = {}
    for path, node in nodes(reading.source):
        first = node.key.start.line if node.key else node.start.line
        if path and node.children and node.end.line > first:
            found[first + 1] = max(node.end.line + 1, found.get(first + 1, 0))
    return sorted(found.items())


class _Maker:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lines = lines_of(reading.source.text)
        self.around: dict[Path, list[Written]] = {}
        for entry in reading.entries.values():
            outer = reading.entry(entry.path[:-1])
            home = outer.path if outer else entry.path[:-1]
            self.around.setdefault(home, []).append(entry)

    def section(self, name: str) -> Symbol:
        value = self.reading.data[name]
        inside: list[Symbol] = []
        if name == "layers":
            inside = self._entries(("layers",))
        elif name == "blocks" and isinstance(value, dict):
            inside = [self._block(block, one) for block, one in value.items()]
        elif name == "vars" and isinstance(value, dict):
            inside = [self._symbol(one, "", "variable", (name, one)) for one in value]
        plain = isinstance(value, str | int | float)
        return self._symbol(name, str(value) if plain else "", "section", (name,), inside)

    def _block(self, name: str, block: Any) -> Symbol:
        args = block.get("args") if isinstance(block, dict) else None
        detail = ", ".join(args) if isinstance(args, dict) else ""
        inside = self._entries(("blocks", name, "layers"))
        return self._symbol(name, detail, "block", ("blocks", name), inside)

    def _entries(self, home: Path) -> list[Symbol]:
        return [self._entry(entry) for entry in self.around.get(home, ())]

    def _entry(self, entry: Written) -> Symbol:
        made = self.reading.report.made.get(entry.path)
        item = find(self.reading.source, entry.path)
        name = item.data.get("name") if item and isinstance(item.data, dict) else None
        out = f"→ {shape(made[0].output.shape)}" if made else ""
        named = isinstance(name, str)
        detail = f"{entry.kind} {out}".strip() if named else out
        inside = self._entries(entry.path)
        if entry.nodes:
            inside = [self._node(entry, name) for name in entry.nodes]
        sort: Sort = "composite" if inside else "layer"
        return self._symbol(str(name) if named else entry.kind, detail, sort, entry.path, inside)

    def _node(self, graph: Written, name: str) -> Symbol:
        path = (*graph.at, name)
        made = self.reading.report.made.get(path)
        out = f"→ {shape(made[0].output.shape)}" if made else ""
        within = self.around.get(graph.path, ())
        inside = [self._entry(one) for one in within if one.path[: len(path)] == path]
        return self._symbol(name, out, "node", path, inside)

    def _symbol(
        self, name: str, detail: str, sort: Sort, path: Path, inside: list[Symbol] | None = None
    ) -> Symbol:
        node = find(self.reading.source, path)
        assert node is not None
        head: Node = node.key or node
        end = max(node.end.index, head.end.index)
        span = self.lines.span(head.start.index, end)
        first = self.lines.span(head.start.index, head.end.index) if node.key else self._row(span)
        return Symbol(name, detail, sort, span, first, inside or [])

    def _row(self, span: Span) -> Span:
        """The part of a stretch that is on its first line."""
        if span.end_line == span.line:
            return span
        row = self.reading.source.lines[span.line - 1]
        return Span(span.line, span.column, span.line, max(span.column, len(row.rstrip()) + 1))
