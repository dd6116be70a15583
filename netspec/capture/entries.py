"""A tree of layers → the entries of a spec, in the modules that they were in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netspec.capture.nodes import Node, Scope
from netspec.capture.tree import Branches, Item, Layer, Wires
from netspec.diagnostic import Fault
from netspec.language import names


class Entry:
    """An entry: a layer, a composite or a block, with what is in it."""

    __slots__ = (
        "arguments", "bodies", "cls", "kind", "name", "node", "repeat", "weighs", "wires"
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        arguments: dict[str, Any] | None = None,
        name: str | None = None,
        bodies: dict[str, list[Entry]] | None = None,
    ) -> None:
        self.kind, self.name = kind, name
        self.arguments: dict[str, Any] = arguments or {}
        self.bodies: dict[str, list[Entry]] = bodies or {}
        self.cls: str | None = None
        """For what was a module: its class, for which it may become a block."""
        self.repeat = 1
        self.node: Node | None = None
        self.wires: dict[str, tuple[list[str], str | None]] = {}
        self.weighs: bool = any(one.weighs for body in self.bodies.values() for one in body)
        """Whether there are weights in it."""

    def leaves(self) -> Iterator[Entry]:
        """The layers in it, in the order of the spec."""
        if not self.bodies:
            yield self
        for body in self.bodies.values():
            for one in body:
                yield from one.leaves()


SEQUENTIAL, MODULE = "Sequential", "module"
_KEYS = {("add", 2): ["body", "shortcut"], ("multiply", 1): ["body"]}
"""What bodies are called where they have names."""
_BY = {"add": "Residual", "concat": "Concat", "multiply": "Gate"}


def entries(items: Sequence[Item], classes: Mapping[str, type]) -> list[Entry]:
    """The entries of a whole network; `classes` are those of its modules by path."""
    return _Entries(classes).grouped(items, ())


class _Entries:
    def __init__(self, classes: Mapping[str, type]) -> None:
        self.classes = classes

    def grouped(self, items: Sequence[Item], prefix: Scope) -> list[Entry]:
        """Entries of items in a module, those of one module in it as one."""
        found: list[Entry] = []
        depth, i = len(prefix), 0
        while i < len(items):
            inner = items[i].scope[depth:]
            if not inner:
                found.append(self._entry(items[i]))
                i += 1
                continue
            below, j = (*prefix, inner[0]), i
            while j < len(items) and items[j].scope[: depth + 1] == below:
                j += 1
            group = Entry(MODULE, name=inner[0], bodies={"layers": self.grouped(items[i:j], below)})
            cls = self.classes.get(".".join(below))
            group.cls = cls.__name__ if cls else None
            found.append(group)
            i = j
        return found

    def _entry(self, item: Item) -> Entry:
        if isinstance(item, Layer):
            made = Entry(item.leaf.kind, dict(item.leaf.arguments), item.node.name)
            made.node, made.weighs = item.node, bool(item.leaf.weights)
            if not item.leaf.weights:
                made.name = None
            return made
        if isinstance(item, Branches):
            keys = _KEYS.get((item.by, len(item.branches)))
            keys = keys or [str(i) for i in range(len(item.branches))]
            bodies = {
                key: self.grouped(branch, item.scope)
                for key, branch in zip(keys, item.branches, strict=True)
            }
            return Entry(_BY[item.by], bodies=bodies)
        return self._graph(item)

    def _graph(self, item: Wires) -> Entry:
        called: dict[int, str] = {}
        taken: set[str] = {"input"}
        graph = Entry("Graph")
        for node, reads, by, items in item.nodes:
            name = _free(_wanted(node, items), taken)
            called[node.id] = name
            graph.bodies[name] = self.grouped(items, item.scope)
            sources = ["input" if one is None else called[one.id] for one in reads]
            graph.wires[name] = sources, by
            graph.weighs |= any(one.weighs for one in graph.bodies[name])
        return graph


def _wanted(node: Node, items: Sequence[Item]) -> str:
    """What a node of a graph is called by what it does."""
    parts = [part for part in (*node.scope, node.name or "") if part.isidentifier()]
    if items and parts:
        return parts[-1]
    if node.join:
        return {"add": "sum", "concat": "joined", "multiply": "product"}[node.join.by]
    return node.leaf.kind.lower() if node.leaf else "node"


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken or cannot be had."""
    for i in range(1, 10_000):
        tried = name if i == 1 else f"{name}_{i}"
        if usable(tried, taken):
            taken.add(tried)
            return tried
    raise AssertionError


def usable(name: str, taken: set[str] | None = None) -> bool:
    """Whether a submodule can be called so."""
    try:
        names.check(name, set(taken or ()))
    except Fault:
        return False
    return True


def settled(body: list[Entry], alone: bool = False) -> list[Entry]:
    """Entries with the modules that are no blocks taken up into them, where names allow it.

    With `alone` the entries are a module of their own, which one inside need not repeat.
    """
    found: list[Entry] = []
    for one in body:
        one.bodies = {
            key: settled(inner, one.kind != MODULE and len(inner) == 1)
            for key, inner in one.bodies.items()
        }
        found += _dissolved(one, alone) if one.kind == MODULE else [one]
    taken: set[str] = set()
    for one in found:
        if one.name is not None:
            if not usable(one.name, taken):
                one.name = None
            else:
                taken.add(one.name)
    return found


def _dissolved(group: Entry, alone: bool) -> list[Entry]:
    """A module that is no block: a Sequential, or what is in it."""
    inner = group.bodies["layers"]
    named = group.name is not None and usable(group.name) and group.weighs
    if alone or not group.weighs:
        return inner
    if len(inner) == 1 and named and (inner[0].name is None or not usable(inner[0].name)):
        inner[0].name = group.name
        return inner
    group.kind = SEQUENTIAL
    if named:
        return [group]
    group.name = None
    return [group] if any(one.name for one in inner) else inner
