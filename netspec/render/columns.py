"""Rows below each other."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.render import safe
from netspec.render.look import PLAIN, Look

_GAP = 2
_LEAST = 12
"""Characters of the first column that are shown however narrow the terminal is."""


def columns(
    rows: Sequence[Sequence[str]], align: str, look: Look = PLAIN, spare: Sequence[int] = ()
) -> list[str]:
    """Rows, escaped, with their cells aligned; `align` is < or > for each column.

    Where the terminal is too narrow, columns that are `spare` are left out, the first of them
    first, and then the first column is cut.
    """
    cells = [[safe.escape(cell) for cell in row] for row in rows]
    widths = [max(map(safe.width, column)) for column in zip(*cells, strict=True)]
    kept = list(range(len(widths)))
    for column in spare:
        if look.width is None or _total(widths, kept) <= look.width:
            break
        kept.remove(column)
    if look.width is not None and (over := _total(widths, kept) - look.width) > 0:
        widths[0] = min(widths[0], max(_LEAST, widths[0] - over))
        for row in cells:
            row[0] = _cut(row[0], widths[0])
    gap = " " * _GAP
    return [gap.join(_aligned(row[i], align[i], widths[i]) for i in kept).rstrip() for row in cells]


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[i] + _GAP for i in kept) - _GAP


def _aligned(cell: str, side: str, width: int) -> str:
    space = " " * (width - safe.width(cell))
    return cell + space if side == "<" else space + cell


def _cut(cell: str, width: int) -> str:
    """A text whose end, which tells layers and files apart, is kept."""
    if safe.width(cell) <= width:
        return cell
    while safe.width(cell) >= width:
        cell = cell[1:]
    return f"…{cell}"
