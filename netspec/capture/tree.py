"""Layers and joins → a tree: branches where a join has them, a graph only where they cross."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from netspec.capture.dominators import Dominators
from netspec.capture.nodes import Node, Scope
from netspec.capture.step import Join, Leaf

MAX_WORK = 3_000_000
"""Nodes looked at; beyond that the whole network is one graph."""


class Layer(NamedTuple):
    """A layer."""

    node: Node
    scope: Scope

    @property
    def leaf(self) -> Leaf:
        """What it is."""
        assert self.node.leaf
        return self.node.leaf


class Branches(NamedTuple):
    """Branches over one value, put together."""

    by: Literal["add", "concat", "multiply"]
    branches: list[list[Item]]
    scope: Scope


class Wires(NamedTuple):
    """A graph: for each of its nodes what it reads, None for the input, and its layers."""

    nodes: list[tuple[Node, list[Node | None], str | None, list[Item]]]
    scope: Scope


Item = Layer | Branches | Wires


class _Region(NamedTuple):
    """What is between a join and the value that all of it depends on."""

    top: Node
    item: Item
    inside: frozenset[int]
    """Ids of its nodes, the join among them."""


class _Busy(Exception):
    pass


class Tree:
    """The tree of a network."""

    def __init__(self, first: Node, nodes: Sequence[Node]) -> None:
        self.first = first
        self.dominators = Dominators(first)
        self.regions: dict[int, _Region] = {}
        self.virtual = -1
        self.work = 0
        self.whole = False
        for node in nodes:
            self.dominators.add(node)

    def items(self, last: Node, nodes: Sequence[Node]) -> list[Item]:
        """The layers from the input to the last node."""
        try:
            for node in nodes:
                if node.join:
                    self._region(node)
            return self._chain(self.first, last)[0]
        except _Busy:
            self.regions, self.work, self.whole = {}, -(10**12), True
            inside = frozenset(node.id for node in nodes)
            return [self._graph(self.first, last, inside)]

    def _chain(self, top: Node, last: Node) -> tuple[list[Item], frozenset[int]]:
        """What makes `last` of `top`, and the ids of all nodes in it."""
        items: list[Item] = []
        inside: set[int] = set()
        node = last
        while node is not top:
            if node.join:
                region = self._region(node)
                items.append(region.item)
                inside |= region.inside
                self._spend(len(region.inside))
                node = region.top
            else:
                items.append(Layer(node, node.scope))
                inside.add(node.id)
                self._spend(1)
                node = node.inputs[0]
        return items[::-1], frozenset(inside)

    def _spend(self, work: int) -> None:
        self.work += work
        if self.work > MAX_WORK:
            raise _Busy

    def _region(self, node: Node) -> _Region:
        if node.id not in self.regions:
            self.regions[node.id] = self._found(node)
        return self.regions[node.id]

    def _found(self, node: Node) -> _Region:
        assert node.join
        top = self.dominators.of(node)
        tries = [node.inputs]
        flat = self._flat(node)
        if len(flat) > len(node.inputs):
            tries.append(flat)
        every: frozenset[int] = frozenset([node.id])
        for inputs in tries:
            branches = self._branches(node, top, inputs)
            if branches is None:
                continue
            ids = [inside for _, inside in branches]
            every = frozenset([node.id]).union(every, *ids)
            apart = sum(map(len, ids)) == len(frozenset().union(*ids))
            if apart and (item := self._joined(node, [items for items, _ in branches])):
                return _Region(top, item, frozenset([node.id]).union(*ids))
        every = every.union(*(self._between(top, one) for one in node.inputs))
        real = frozenset(id for id in every if id > 0)
        return _Region(top, self._graph(top, node, real), real)

    def _between(self, top: Node, last: Node) -> frozenset[int]:
        """Ids of everything that makes `last` of `top`."""
        found: set[int] = set()
        stack = [last]
        while stack:
            node = stack.pop()
            if node is not top and node.id not in found:
                self._spend(1)
                found.add(node.id)
                stack.extend(node.inputs)
        return frozenset(found)

    def _flat(self, node: Node) -> list[Node]:
        """Its inputs, and those of joins like it that only it reads in their places."""
        assert node.join
        if node.join.by == "multiply":
            return node.inputs
        found: list[Node] = []
        for one in node.inputs:
            alike = one.join and one.join.by == node.join.by and len(one.readers) == 1
            found += self._flat(one) if alike else [one]
        return found

    def _branches(
        self, node: Node, top: Node, inputs: list[Node]
    ) -> list[tuple[list[Item], frozenset[int]]] | None:
        """A branch for each part of the inputs that hangs on a node of its own; None without."""
        assert node.join
        groups: dict[int, list[Node]] = {}
        order: list[int] = []
        for one in inputs:
            key = one.id if one is top else self.dominators.below(top, one).id
            if key in groups and one is not top and node.join.by == "concat" and order[-1] != key:
                return None
            if one is top and key in groups:
                key = -len(order) - 1_000_000  # each of them is a branch
            groups.setdefault(key, []).append(one)
            order.append(key)
        found = []
        for group in groups.values():
            last = group[0]
            if len(group) > 1:
                last = Node(self.virtual, Join(node.join.by, []), group, node.op, node.scope)
                self.virtual -= 1
                self.dominators.add(last)
            found.append(self._chain(top, last))
        return found

    def _joined(self, node: Node, branches: list[list[Item]]) -> Item | None:
        """The branches as one layer of a spec; None where none puts them together so."""
        assert node.join
        by = node.join.by
        scope = _scope(node.scope, [item for items in branches for item in items])
        if len(branches) == 1:
            return None
        if by == "multiply" and len(branches) == 2 and not all(branches):
            return Branches(by, [one for one in branches if one] or [[]], scope)
        if by == "add" and len(branches) == 2:
            branches = sorted(branches, key=len, reverse=True)
        return Branches(by, branches, scope)

    # Graphs.

    def _graph(self, top: Node, last: Node, inside: frozenset[int]) -> Wires:
        """Everything between two nodes, wired by name."""
        found: dict[int, tuple[Node, list[Node | None], str | None, list[Item]]] = {}
        stack = [last]
        while stack:
            end = stack.pop()
            if end.id in found:
                continue
            items: list[Item] = []
            node, by = end, None
            while True:
                self._spend(1)
                if node is top or (node is not end and len(self._readers(node, inside)) > 1):
                    reads = [node]
                    break
                if node.join:
                    region = None if node is last or self.whole else self._region(node)
                    if region is None or not self._closed(region, node):
                        reads, by = node.inputs, node.join.by
                        break
                    items.append(region.item)
                    node = region.top
                else:
                    items.append(Layer(node, node.scope))
                    node = node.inputs[0]
            stack += [one for one in reads if one is not top]
            wires = [None if one is top else one for one in reads]
            found[end.id] = end, wires, by, items[::-1]
        order = [found[id] for id in sorted(found)]
        scope = _scope(last.scope, [item for *_, items in order for item in items])
        return Wires(order, scope)

    def _readers(self, node: Node, inside: frozenset[int]) -> list[Node]:
        return [one for one in node.readers if one.id in inside]

    def _closed(self, region: _Region, node: Node) -> bool:
        """Whether nothing but its end is read from outside."""
        if isinstance(region.item, Wires) and node.id not in region.inside:
            return False
        self._spend(len(region.inside))
        ids = region.inside
        stack, seen = list(node.inputs), {node.id}
        while stack:
            one = stack.pop()
            if one is region.top or one.id in seen:
                continue
            seen.add(one.id)
            if any(reader.id not in ids for reader in one.readers):
                return False
            stack.extend(one.inputs)
        return True


def _scope(scope: Scope, items: Sequence[Item]) -> Scope:
    """The innermost module that all of it is in."""
    for item in items:
        n = 0
        while n < min(len(scope), len(item.scope)) and scope[n] == item.scope[n]:
            n += 1
        scope = scope[:n]
    return scope
