"""Windows of interpolation, with the places that torch works out."""

from collections.abc import Sequence
from math import gcd
from struct import pack, unpack
from typing import NamedTuple

from netspec.flow.window import Window


class _Sampled(NamedTuple):
    n: int
    units: int
    factor: float | None


class Nearest(_Sampled, Window):
    """`units` units that each copy the one of `n` positions that lies before them.

    The place is worked out in float32 as torch does, so that its rounding is the same.
    """

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.units

    def taps(self, o: int) -> Sequence[int]:
        return (int(_single(o * _scale(self)) // 1),)

    def place(self, tap: int, n: int) -> int:
        return min(tap, n - 1)

    def pattern(self, n: int) -> tuple[int, int]:
        return _ratio(self)


class NearestExact(_Sampled, Window):
    """`units` units that each copy the one of `n` positions whose centre is nearest."""

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.units

    def taps(self, o: int) -> Sequence[int]:
        at = max(_single(_single((o + 0.5) * _scale(self)) - 0.5), 0.0)
        return (int(_single(at + 0.5) // 1),)

    def place(self, tap: int, n: int) -> int:
        return min(tap, n - 1)

    def pattern(self, n: int) -> tuple[int, int]:
        return _ratio(self)


class _Interpolated(NamedTuple):
    n: int
    units: int
    factor: float | None
    reach: int
    corners: bool


class Interpolated(_Interpolated, Window):
    """Linear (`reach` 1) or cubic (`reach` 2) interpolation between `n` positions.

    With `corners` the first and last units stand on the first and last positions.
    """

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.units

    def taps(self, o: int) -> Sequence[int]:
        # The place as an exact fraction: at / below.
        if self.corners:
            at, below = o * (self.n - 1), max(self.units - 1, 1)
        else:
            units, positions = _ratio(self)
            at, below = (2 * o + 1) * positions - units, 2 * units
        base = at // below
        if at % below == 0:
            return (base,)
        return range(base - self.reach + 1, base + self.reach + 1)

    def place(self, tap: int, n: int) -> int:
        return min(max(tap, 0), n - 1)

    def pattern(self, n: int) -> tuple[int, int] | None:
        return None if self.corners else _ratio(self)


def nearest_window(rank: int, n: int, units: int, factor: float | None) -> Nearest:
    """The window of nearest mode; torch forgets the factor in 2d where it doubles or keeps `n`."""
    return Nearest(n, units, None if rank == 2 and units in (n, 2 * n) else factor)


def _single(x: float) -> float:
    """A number as float32 holds it."""
    held: float = unpack("f", pack("f", x))[0]
    return held


def _scale(window: _Sampled) -> float:
    """Positions per unit, as float32 holds it."""
    return _single(1 / window.factor if window.factor else window.n / window.units)


def _ratio(window: _Sampled | _Interpolated) -> tuple[int, int]:
    """Units per positions in lowest terms."""
    if window.factor:
        if window.factor == int(window.factor):
            return int(window.factor), 1
        # A factor of 1.3 means 13 / 10, not the nearest binary fraction.
        from fractions import Fraction

        return Fraction(repr(window.factor)).as_integer_ratio()
    common = gcd(window.units, window.n)
    return window.units // common, window.n // common
