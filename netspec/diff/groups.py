"""Layers that changed, by what was edited: one line of a block shows in every use of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Path, Span
from netspec.diff.layers import LayerChange


class Group(NamedTuple):
    """Changes of one block, or of an entry outside of blocks."""

    block: str | None
    span: Span | None
    """Where the block is written."""
    entries: Sequence[Sequence[LayerChange]]
    """For each entry that was edited the layers it became, in the order of the network."""

    @property
    def uses(self) -> int:
        """How often the block is used."""
        return max(map(len, self.entries))

    def growth(self, figure: str) -> int:
        """How much more of `params` or `macs` there is."""
        changes = [change for entry in self.entries for change in entry]
        return sum(getattr(b, figure, 0) - getattr(a, figure, 0) for a, b in changes)


def groups(changes: Sequence[LayerChange], before: Plan | None, after: Plan | None) -> list[Group]:
    """The changes by block and entry, in the order of the first layer of each."""
    found: dict[tuple[object, ...], dict[tuple[object, ...], list[LayerChange]]] = {}
    for change in changes:
        blocks, paths = [_block(node) for node in change], [_path(node) for node in change]
        block = blocks[1] or blocks[0]
        entry = (*paths, *(node and node.kind for node in change))
        # Outside of blocks, each entry stands for itself.
        key = (block,) if block else entry
        found.setdefault(key, {}).setdefault(entry, []).append(change)
    return [_group(list(entries.values()), before, after) for entries in found.values()]


def _group(entries: list[list[LayerChange]], before: Plan | None, after: Plan | None) -> Group:
    a, b = entries[0][0]
    node, plan = (b, after) if b else (a, before)
    block = _block(node)
    if block is None or plan is None or max(map(len, entries)) == 1:
        return Group(None, None, entries)
    return Group(block, plan.source.span(("blocks", block), key=True), entries)


def _block(node: Node | None) -> str | None:
    return node.trace[0][0] if node and node.trace else None


def _path(node: Node | None) -> Path:
    return node.path if node else ()
