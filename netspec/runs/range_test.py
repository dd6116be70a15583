"""The curve of a learning rate range test, and what is to be read from it."""

from __future__ import annotations

from math import log
from typing import NamedTuple


class Point(NamedTuple):
    lr: float
    loss: float
    """Of this and earlier steps, later ones weighing more."""


class Curve(NamedTuple):
    points: list[Point]

    @property
    def lowest(self) -> Point:
        """Where the loss is lowest: from here on it rises."""
        return min(self.points, key=lambda point: point.loss)

    @property
    def steepest(self) -> Point:
        """Where the loss falls fastest against the logarithm of the rate."""
        reach = max(1, len(self.points) // 20)
        until = self.points.index(self.lowest) + 1
        pairs = zip(self.points[: until - 2 * reach], self.points[2 * reach : until], strict=False)
        falls = [(b.loss - a.loss) / log(b.lr / a.lr) for a, b in pairs]
        if not falls:
            return self.lowest
        return self.points[falls.index(min(falls)) + reach]
