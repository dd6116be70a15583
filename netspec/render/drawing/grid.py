"""Where the nodes of a graph stand: rows by how far from the input, columns near what they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from netspec.layers.graph import INPUT


class Wire(NamedTuple):
    """A line from a node to one that reads it; -1 is the graph's input."""

    source: int
    reader: int
    lane: int | None
    """Which lane it takes past the rows between them; None where there is none between."""


class Lane(NamedTuple):
    """A way down past rows, left of a column; those of one place have slots."""

    column: int
    slot: int


class Grid(NamedTuple):
    """Rows and columns of nodes, and the wires between them."""

    places: Sequence[tuple[int, int]]
    """Row and column of each node."""
    wires: Sequence[Wire]
    lanes: Sequence[Lane]


def grid(reads: Mapping[str, Sequence[str]]) -> Grid:
    """The places of nodes in the order of `reads`, each of which is given what it reads."""
    number = {INPUT: -1} | {name: i for i, name in enumerate(reads)}
    sources = [[number[one] for one in each] for each in reads.values()]
    rows = {-1: -1}
    for node, read in enumerate(sources):
        rows[node] = 1 + max((rows[one] for one in read), default=-1)
    columns = _columns(sources, rows)
    read_by: dict[int, list[int]] = {source: [] for source in rows}
    for node, read in enumerate(sources):
        for source in dict.fromkeys(read):
            read_by[source].append(node)
    lanes: list[Lane] = []
    taken: dict[tuple[int, int], int] = {}  # (column, slot): the last row that it is used in
    wires = []
    for source, readers in sorted(read_by.items()):
        far = [node for node in readers if rows[node] > rows[source] + 1]
        lane = None
        if far:
            column = columns.get(source, 0)
            # A reader beside the source is nearer on its own side.
            column += min(columns[node] for node in far) > column
            lane, slot = len(lanes), 0
            while taken.get((column, slot), -2) > rows[source]:
                slot += 1
            taken[column, slot] = max(rows[node] for node in far) - 1
            lanes.append(Lane(column, slot))
        wires += [Wire(source, node, lane if node in far else None) for node in readers]
    places = [(rows[node], columns[node]) for node in range(len(sources))]
    return Grid(places, wires, lanes)


def _columns(sources: Sequence[Sequence[int]], rows: Mapping[int, int]) -> dict[int, int]:
    """The column of each node: that of the last it reads where it is free, or one near it."""
    columns: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()
    for node, read in enumerate(sources):
        wanted = columns.get(read[0], 0) if read else 0
        column = next(
            at
            for away in range(len(sources) + 1)
            for at in (wanted + away, wanted - away)
            if at >= 0 and (rows[node], at) not in taken
        )
        taken.add((rows[node], column))
        columns[node] = column
    return columns
