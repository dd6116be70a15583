"""Where the names of a spec are given and used: blocks, arguments, variables, parts of graphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from netspec.diagnostic import Fault, Path, Span
from netspec.language import names
from netspec.language.spec import can_be_called
from netspec.layers import KINDS
from netspec.pages.outline import Written
from netspec.pages.reading import Reading
from netspec.source.builder import Node
from netspec.source.lines import lines_of
from netspec.source.spot import find, nodes

Sort = Literal["block", "argument", "variable", "node"]
_NAMES = re.compile(r"[A-Za-z_]\w*")
_VALUE = re.compile(r"\$\(.*\)|\$[A-Za-z_]\w*", re.DOTALL)
_FUNCTIONS = re.compile(r"(min|max|round)\s*\(|(true|false)\b")


class Thing(NamedTuple):
    """What has a name."""

    sort: Sort
    name: str
    home: Path = ()
    """The block that an argument is of, or the graph that a node is in."""


class Place(NamedTuple):
    """A name in the text."""

    thing: Thing
    span: Span
    given: bool
    """Whether it gets its name here."""


_KNOWN: WeakKeyDictionary[Reading, list[Place]] = WeakKeyDictionary()


def places(reading: Reading) -> list[Place]:
    """Every name that is given or used in a spec, once for each place, in the order of the file."""
    if reading not in _KNOWN:
        found = {place.span: place for place in _Finder(reading).all() if place is not None}
        _KNOWN[reading] = [found[span] for span in sorted(found)]
    return _KNOWN[reading]


def at(found: list[Place], line: int, column: int) -> Place | None:
    """The name at a place; lines and columns count from 1."""
    for place in found:
        span = place.span
        if span.line == line and span.column <= column <= span.end_column:
            return place
    return None


def definition(found: list[Place], thing: Thing) -> Span | None:
    """Where a thing gets its name."""
    return next((one.span for one in found if one.thing == thing and one.given), None)


def references(found: list[Place], thing: Thing, given: bool = True) -> list[Span]:
    """Where a thing is used, and with `given` where it gets its name."""
    return [one.span for one in found if one.thing == thing and (given or not one.given)]


def check_name(found: list[Place], thing: Thing, new: str) -> None:
    """Refuse a name that a thing cannot have, or that another one has; raises Fault."""
    if thing.sort == "node":
        if new == "input":
            raise Fault("bad-name", "'input' is what the graph reads, no name for a node")
        names.check(new, set())
    elif not can_be_called(new, block=thing.sort == "block"):
        what = "a small letter or _" if thing.sort == "block" else "a letter or _"
        raise Fault(
            "bad-name", f"'{new}' is no name of {_ARTICLES[thing.sort]}",
            f"{what} first, then letters, digits and _",
        )  # fmt: skip
    if thing.sort == "block" and new in KINDS:
        raise Fault("bad-name", f"'{new}' is a layer of torch")
    # A variable that gets the name of an argument would be hidden by it, and the other way.
    sorts = ("variable", "argument") if thing.sort in ("variable", "argument") else (thing.sort,)
    for other in found:
        same = other.thing.home == thing.home or "variable" in (thing.sort, other.thing.sort)
        if other.thing.name == new != thing.name and other.thing.sort in sorts and same:
            raise Fault("bad-name", f"'{new}' is {_ARTICLES[other.thing.sort]} already")


_ARTICLES: dict[Sort, str] = {
    "block": "a block", "argument": "an argument", "variable": "a variable", "node": "a node",
}  # fmt: skip


class _Finder:
    def __init__(self, reading: Reading) -> None:
        self.reading, self.source = reading, reading.source
        self.lines = lines_of(self.source.text)
        blocks = reading.data.get("blocks")
        self.arguments = {
            name: list(args) if isinstance(args := block.get("args"), dict) else []
            for name, block in (blocks.items() if isinstance(blocks, dict) else ())
            if isinstance(block, dict)
        }

    def all(self) -> Iterator[Place | None]:
        for name in self._keys(("vars",)):
            yield self._key(("vars", name), Thing("variable", name), given=True)
        for block in self._keys(("blocks",)):
            yield self._key(("blocks", block), Thing("block", block), given=True)
            for name in self._keys(("blocks", block, "args")):
                thing = Thing("argument", name, (block,))
                yield self._key(("blocks", block, "args", name), thing, given=True)
        for entry in self.reading.entries.values():
            yield from self._entry(entry)
        for path, node in nodes(self.source):
            if isinstance(node.data, str) and "$" in node.data and node.children is None:
                yield from self._values(path, node)

    def _entry(self, entry: Written) -> Iterator[Place | None]:
        if entry.kind in self.arguments:
            thing = Thing("block", entry.kind)
            if entry.at == entry.path:
                if node := find(self.source, entry.path):
                    yield self._inside(node, thing, given=False)
            else:
                yield self._key(entry.at, thing, given=False)
            for name in entry.value if isinstance(entry.value, dict) else ():
                yield self._key((*entry.at, name), Thing("argument", name, (entry.kind,)), False)
        for name, body in entry.nodes.items():
            yield self._key((*entry.at, name), Thing("node", name, entry.at), given=True)
            read = body.get("from") if isinstance(body, dict) else None
            for i, one in enumerate(read if isinstance(read, list) else [read]):
                at = (*entry.at, name, "from", *([i] if isinstance(read, list) else []))
                if isinstance(one, str) and one in entry.nodes and (node := find(self.source, at)):
                    yield self._inside(node, Thing("node", one, entry.at), given=False)

    def _values(self, path: Path, node: Node) -> Iterator[Place]:
        """The names that a value of `$…` reads."""
        start = node.start.index
        raw = self.source.text[start : node.end.index]
        value = _VALUE.search(raw)
        if value is None:
            return
        for name in _NAMES.finditer(raw, value.start() + 1, value.end()):
            if value[0].startswith("$(") and _FUNCTIONS.match(raw, name.start()):
                continue
            thing = self._meant(name[0], path)
            span = self.lines.span(start + name.start(), start + name.end())
            yield Place(thing, span, given=False)

    def _meant(self, name: str, path: Path) -> Thing:
        """What a name stands for in a value at a path."""
        if path[:1] == ("blocks",) and len(path) > 2:
            block = str(path[1])
            known = self.arguments.get(block, [])
            if path[2] == "args" and path[3:] and path[3] in known:
                known = known[: known.index(str(path[3]))]
            if name in known:
                return Thing("argument", name, (block,))
        return Thing("variable", name)

    def _keys(self, path: Path) -> list[str]:
        node = find(self.source, path)
        return list(node.children) if node and isinstance(node.children, dict) else []

    def _key(self, path: Path, thing: Thing, given: bool) -> Place | None:
        node = find(self.source, path)
        return self._inside(node.key, thing, given) if node and node.key else None

    def _inside(self, node: Node, thing: Thing, given: bool) -> Place | None:
        """The name in a key or a value, which may be quoted or have an anchor."""
        start = node.start.index
        raw = self.source.text[start : node.end.index]
        found = re.search(rf"(?<!\w){re.escape(thing.name)}(?!\w)", raw)
        if found is None:
            return None
        span = self.lines.span(start + found.start(), start + found.end())
        return Place(thing, span, given)
