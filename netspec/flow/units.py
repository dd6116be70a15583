"""What the units of one axis depend on, exactly."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from netspec.diagnostic import Fault
from netspec.flow.window import Strided, Whole, Window

_MAX_WORK = 2**26
_CACHED_LENGTH = 2048


class Units(NamedTuple):
    """Exactly which pixels of the real input each unit of an axis depends on.

    Unit i depends on pixels `first[i]` to `last[i]`, on none where last < first. With `masks`, bit
    b of masks[i] tells whether it depends on pixel first[i] + b; without, on all between.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    masks: tuple[int, ...] | None = None

    @staticmethod
    def identity(n: int) -> Units:
        """Units of an input axis: each depends on itself."""
        return Units(tuple(range(n)), tuple(range(n)))

    @property
    def count(self) -> int:  # type: ignore[override]
        """Number of units."""
        return len(self.first)

    @property
    def vary(self) -> bool:
        """Whether any two units depend on different pixels."""
        return len(set(zip(self.first, self.last, self.masks or self.first, strict=True))) > 1

    def mask(self, i: int) -> int:
        """Bits of the pixels from first[i] on that unit `i` depends on."""
        if self.masks is not None:
            return self.masks[i]
        return (1 << max(self.last[i] - self.first[i] + 1, 0)) - 1

    def seen(self, i: int) -> tuple[int, int] | None:
        """First and last pixel that unit `i` depends on."""
        return (self.first[i], self.last[i]) if self.first[i] <= self.last[i] else None

    def through(self, window: Window) -> Units:
        """The units after a window."""
        if self.count <= _CACHED_LENGTH:
            return _through_cached(self, window)
        return _through(self, window)

    def union(self, other: Units) -> Units:
        """Units that depend on what both do, one by one."""
        if self == other:
            return self
        return _units([_or(self, i, other, i) for i in range(self.count)])

    def without(self, dark: Container[int]) -> Units:
        """Units of which those in `dark` depend on nothing."""
        pairs = [(0, 0) if i in dark else (a, self.mask(i)) for i, a in enumerate(self.first)]
        return _units(pairs)

    def whole(self, count: int = 1) -> Units:
        """`count` units that depend on everything any unit depends on."""
        first, mask = _union(self, range(self.count))
        return _units([(first, mask)] * count)

    def never_read(self, n: int) -> list[int]:
        """Pixels of an input of `n` that no unit depends on."""
        first, mask = _union(self, range(self.count))
        return [i for i in range(n) if i < first or not mask >> (i - first) & 1]


def _or(a: Units, i: int, b: Units, j: int) -> tuple[int, int]:
    x, y = a.mask(i), b.mask(j)
    if not x or not y:
        return (a.first[i], x) if x else (b.first[j], y)
    base = min(a.first[i], b.first[j])
    return base, x << (a.first[i] - base) | y << (b.first[j] - base)


def _units(pairs: list[tuple[int, int]]) -> Units:
    """Units from (first, mask) pairs, where every mask has its lowest bit set or is 0."""
    first = tuple(base for base, _ in pairs)
    last = tuple(base + mask.bit_length() - 1 for base, mask in pairs)
    if all(mask & (mask + 1) == 0 for _, mask in pairs):
        return Units(first, last)
    return Units(first, last, tuple(mask for _, mask in pairs))


def _union(units: Units, taps: Iterable[int]) -> tuple[int, int]:
    present = [t for t in taps if units.first[t] <= units.last[t]]
    if not present:
        return 0, 0
    first = units.first
    base = min(first[t] for t in present)
    if units.masks is None and _touch(units, present):
        return base, (1 << (max(units.last[t] for t in present) - base + 1)) - 1
    mask = 0
    for t in present:
        mask |= units.mask(t) << (first[t] - base)
    return base, mask


def _touch(units: Units, taps: list[int]) -> bool:
    first, last = units.first, units.last
    return all(first[t] <= first[u] <= last[t] + 1 for t, u in pairwise(taps))


def _clip(taps: Sequence[int], n: int) -> range:
    """The part of an arithmetic progression of taps that lies within 0 … n - 1."""
    assert isinstance(taps, range)
    step = taps.step
    start = taps.start if taps.start >= 0 else taps.start % step
    return range(start, min(taps.stop, n), step)


def _through(units: Units, window: Window) -> Units:
    n = units.count
    count = window.length(n)
    if isinstance(window, Whole):
        return units.whole(count)
    if isinstance(window, Strided) and window == Strided(1):
        return units
    if window.clips and units.masks is None and _dense(units, getattr(window, "dilation", 1)):
        return _intervals(units, [_clip(window.taps(o), n) for o in range(count)])
    pairs, work = [], 0
    for o in range(count):
        taps = window.taps(o)
        work += len(taps)
        if work > _MAX_WORK:
            raise Fault(
                "too-large",
                f"a window of {len(taps)} over {n} positions is too large to analyse",
                at=("kernel_size",),
            )
        places = sorted({p for t in taps if (p := window.place(t, n)) is not None})
        pairs.append(_union(units, places))
    return _units(pairs)


_through_cached = lru_cache(maxsize=2048, typed=True)(_through)


def _dense(units: Units, step: int) -> bool:
    """Whether units `step` apart touch or overlap and move on, so that only the ends matter."""
    first, last = units.first, units.last
    return (
        all(a <= b for a, b in zip(first, last, strict=True))
        and all(a <= b for a, b in pairwise(first))
        and all(a <= b for a, b in pairwise(last))
        and all(b <= a + 1 for a, b in zip(last, first[step:], strict=False))
    )


def _intervals(units: Units, taps: list[range]) -> Units:
    first, last = units.first, units.last
    return Units(
        tuple(first[t[0]] if t else 0 for t in taps),
        tuple(last[t[-1]] if t else -1 for t in taps),
    )
