"""Which layers of a network changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.base import Composite

MAX_ALIGNED = 4_000_000
"""Pairs of layers up to which an alignment looks at every one."""


class LayerChange(NamedTuple):
    """A layer that one side lacks, or that differs between the two."""

    before: Node | None
    after: Node | None


class Pair(NamedTuple):
    """A layer on both sides; None where one lacks it."""

    before: Node | None
    after: Node | None
    same: bool
    """Whether nothing of it differs, its name and its shapes aside."""


def layers(a: Plan, b: Plan) -> list[LayerChange]:
    """Layers added, removed, exchanged or with other arguments; an insertion is just that."""
    return [LayerChange(one.before, one.after) for one in aligned(a, b) if not one.same]


def aligned(a: Plan, b: Plan) -> list[Pair]:
    """All layers of both sides, in the order of both, each beside the one that it was or is."""
    return list(_align(list(_described(a.root)), list(_described(b.root)), 0))


class _Described(NamedTuple):
    node: Node
    keys: tuple[Hashable, ...]
    """What two layers share that are the same, that are of one kind, and that do one job."""


def _described(node: Node, within: tuple[str, ...] = ()) -> Iterator[_Described]:
    """The leaves of a node, told apart by arguments and by what they are part of.

    Numbers are no part of it where they only count layers, since they change with an insertion.
    """
    layer = node.layer
    if not isinstance(layer, Composite):
        exact = (node.kind, repr(arguments(node)), within)
        yield _Described(node, (exact, node.kind, type(node.role).__name__))
        return
    counted = None in layer.bodies().values()
    for child in node.children:
        name = child.name.rpartition(".")[2]
        kind = (child.kind,) if isinstance(child.layer, Composite) else ()
        own = () if counted and name.isdigit() else (name,)
        yield from _described(child, within + kind + own)


def arguments(node: Node) -> dict[str, Any]:
    """Everything that torch would be told, defaults and what is inferred included."""
    layer = node.layer
    given = {name: getattr(layer, name) for name in type(layer).model_fields}
    told = node.recipe.arguments.items()
    return {name: value for name, value in told if name not in layer.model_fields_set} | given


def _align(a: list[_Described], b: list[_Described], level: int) -> Iterator[Pair]:
    from difflib import SequenceMatcher

    x, y = ([one.keys[level] for one in side] for side in (a, b))
    matcher = SequenceMatcher(None, x, y, autojunk=len(a) * len(b) > MAX_ALIGNED)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            # Below the first level, what corresponds is known to differ.
            pairs = zip(a[i:j], b[k:m], strict=True)
            yield from (Pair(one.node, other.node, same=level == 0) for one, other in pairs)
        elif tag == "replace" and level < 2:
            yield from _align(a[i:j], b[k:m], level + 1)
        else:
            yield from (Pair(one.node, None, same=False) for one in a[i:j])
            yield from (Pair(None, one.node, same=False) for one in b[k:m])
