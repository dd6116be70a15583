"""Two networks as one graph: what both have stands there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.compiler.wiring import Place, Wiring, wiring
from netspec.diff.layers import Pair, aligned
from netspec.layers.base import Composite
from netspec.layers.roles import Group

Change = Literal["added", "removed", "changed", "same"]
INPUT, OUTPUT = 0, 1
"""The spots that no layer stands at."""


class Spot(NamedTuple):
    """A layer or a join; None where a side lacks it, and at the input and the output."""

    before: Place | None
    after: Place | None
    change: Change


class Union(NamedTuple):
    """The spots of two networks in the order of both, and each side's wires between them."""

    spots: list[Spot]
    before: set[tuple[int, int]]
    """(source, reader), as indexes of spots."""
    after: set[tuple[int, int]]


def union(a: Plan, b: Plan) -> Union:
    """Both networks as one graph."""
    sides = wiring(a.root), wiring(b.root)
    pairs = aligned(a, b)
    met = pairs + list(_joins(pairs, sides, (a.root, b.root)))
    ranks = [_ranks(side, pairs) for side in sides]
    places = [{id(place.node): place for place in side.places} for side in sides]
    ends: list[Spot] = [
        Spot(None, None, "same" if x == y else "changed")
        for x, y in ((a.input, b.input), (a.output, b.output))
    ]
    found: list[tuple[tuple[int, int], Spot]] = []
    for pair in met:
        nodes = pair.before, pair.after
        x, y = (at[id(node)] if node else None for node, at in zip(nodes, places, strict=True))
        rank = max(of[id(node)] for node, of in zip(nodes, ranks, strict=True) if node)
        change: Change = "removed" if y is None else "added" if x is None else "changed"
        found.append((rank, Spot(x, y, "same" if pair.same else change)))
    spots = ends + [spot for _, spot in sorted(found, key=lambda one: one[0])]
    numbers: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for number, spot in enumerate(spots):
        for of, place in zip(numbers, (spot.before, spot.after), strict=True):
            if place:
                of[id(place.node)] = number
    before, after = (_wires(*side) for side in zip(sides, numbers, strict=True))
    return Union(spots, before, after)


def _wires(side: Wiring, numbers: Mapping[int, int]) -> set[tuple[int, int]]:
    at = [numbers[id(place.node)] for place in side.places]
    wires = {(at[source] if source >= 0 else INPUT, at[reader]) for source, reader in side.wires}
    return wires | {(at[side.output] if at else INPUT, OUTPUT)}


def _ranks(side: Wiring, pairs: Sequence[Pair]) -> dict[int, tuple[int, int]]:
    """Where each place stands in the order of both sides; a join follows the layer before it."""
    order = {id(node): k for k, pair in enumerate(pairs) for node in pair[:2] if node}
    found, last = {}, -1
    for i, place in enumerate(side.places):
        if place.join is None:
            last = order[id(place.node)]
        found[id(place.node)] = (last, 0 if place.join is None else i + 1)
    return found


def _joins(
    pairs: Sequence[Pair], sides: tuple[Wiring, Wiring], roots: tuple[Node, Node]
) -> Iterator[Pair]:
    """The joins of both sides, those together that most layers on both sides are in."""
    within = [_within(root) for root in roots]
    votes: Counter[tuple[int, int]] = Counter()
    for pair in pairs:
        if pair.before and pair.after:
            inside = zip(within[0][id(pair.before)], within[1][id(pair.after)], strict=False)
            votes.update((id(x), id(y)) for x, y in inside if x.kind == y.kind)
    # Within what belongs together, nodes of a graph belong together by their names.
    chosen = dict(_matches(votes))
    known = [{id(node): node for node in root.nodes()} for root in roots]
    for x, y in list(chosen.items()):
        ends = [
            {child.name.rpartition(".")[2]: id(child) for child in of[one].children}
            for of, one in zip(known, (x, y), strict=True)
        ]
        chosen |= {child: ends[1][name] for name, child in ends[0].items() if name in ends[1]}
    joins = [{id(place.node): place for place in side.places if place.join} for side in sides]
    left = dict(joins[1])
    for x, place in joins[0].items():
        other = left.get(chosen.get(x, 0))
        if other and other.join == place.join:
            del left[chosen[x]]
            yield Pair(place.node, other.node, same=True)
        else:
            yield Pair(place.node, None, same=False)
    yield from (Pair(None, place.node, same=False) for place in left.values())


def _matches(votes: Counter[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    taken: set[int] = set()
    for (x, y), _ in votes.most_common():
        if x not in taken and y not in taken:
            taken |= {x, y}
            yield x, y


def _within(root: Node) -> dict[int, tuple[Node, ...]]:
    """For each layer the composites with paths of their own that it is in, the outermost first."""
    found: dict[int, tuple[Node, ...]] = {}
    stack: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while stack:
        node, inside = stack.pop()
        if isinstance(node.layer, Composite):
            if not isinstance(node.role, Group):
                inside = (*inside, node)
            stack.extend((child, inside) for child in node.children)
        else:
            found[id(node)] = inside
    return found
