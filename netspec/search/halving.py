"""Steps from a point along each axis: half of the way to its ends, half of that, down to one."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.search.space import Point, Space


def around(space: Space, point: Point) -> Iterator[Point]:
    """The points that are one such step away, the longest steps first.

    Where a figure only grows or only falls along an axis they close in on a bound as bisection
    does; elsewhere they are a look around.
    """
    for axis, at in enumerate(point):
        last = len(space.axes[axis].values) - 1
        for way, room in (-1, at), (1, last - at):
            step = room
            while step:
                yield (*point[:axis], at + way * step, *point[axis + 1 :])
                step //= 2
