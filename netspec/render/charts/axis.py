"""Values along a stretch of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

_STEEP = 20
"""Times that the largest value is the smallest from which on an axis is logarithmic."""


class Axis:
    """From 0 to 1; logarithmic where values are far apart and none is below 0."""

    def __init__(self, values: Sequence[float], steep: bool = True) -> None:
        finite = [value for value in values if isfinite(value)] or [0.0]
        low, high = min(finite), max(finite)
        self.log = steep and low > 0 and high > _STEEP * low
        if self.log:
            self._low, self._high = log10(low), log10(high)
        else:
            room = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
            self._low = max(low - room, 0.0) if low >= 0 else low - room
            self._high = high + room

    def at(self, value: float) -> float:
        """Its place, from 0 to 1."""
        value = log10(value) if self.log else value
        return (value - self._low) / (self._high - self._low)

    @property
    def ticks(self) -> list[float]:
        """Round values on it."""
        if self.log:
            decades = [10.0**n for n in range(ceil(self._low), floor(self._high) + 1)]
            if len(decades) > 1:
                return decades[:: ceil(len(decades) / 6)]
            return [10**self._low, 10**self._high]
        return round_numbers(self._low, self._high, 6)


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers from low to high."""
    rough = (high - low) / most
    if not rough > 0:
        return [low]
    power = 10.0 ** floor(log10(rough))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= rough * 0.999)
    return [step * n for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
