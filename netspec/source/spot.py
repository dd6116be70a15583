"""What stands at a place of a source: the way back from lines and columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netspec.diagnostic import Path
from netspec.source import Source
from netspec.source.builder import Node


class Spot(NamedTuple):
    """A key or a value of the file."""

    path: Path
    node: Node
    key: bool
    """Whether it is the key at that path, not the value."""

    @property
    def word(self) -> bool:
        """Whether it is one word or text: a key, or a value that is no list and no mapping."""
        return self.key or self.node.children is None


def at(source: Source, line: int, column: int) -> Spot | None:
    """The innermost key or value around a place; lines and columns count from 1."""
    place = line - 1, column - 1
    node, path = source.root, list[str | int]()
    while node.children is not None:
        for name, child in node.inside():
            if child.key and _covers(child.key, place):
                return Spot((*path, name), child.key, key=True)
            if _covers(child, place):
                path.append(name)
                node = child
                break
        else:
            break
    return Spot(tuple(path), node, key=False) if _covers(node, place) else None


def _covers(node: Node, place: tuple[int, int]) -> bool:
    start, end = node.start, node.end
    return (start.line, start.column) <= place <= (end.line, end.column)


def nodes(source: Source) -> Iterator[tuple[Path, Node]]:
    """Every value with its path, in the order of the file."""
    stack: list[tuple[Path, Node]] = [((), source.root)]
    while stack:
        path, node = stack.pop()
        yield path, node
        stack.extend(reversed([((*path, name), child) for name, child in node.inside()]))


def find(source: Source, path: Path) -> Node | None:
    """The value at a path, None where the file has none."""
    way = source.way(path)
    return way[-1] if len(way) > len(path) else None
