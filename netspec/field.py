"""What the units of one axis depend on: exactly, and as an affine description."""

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple

from netspec.diagnostic import Fault
from netspec.window import Strided, Whole, Window

if TYPE_CHECKING:
    from fractions import Fraction

_MAX_WORK = 2**26
_MAX_PHASES = 2**12
_CACHED_LENGTH = 2048


class Field(NamedTuple):
    """Receptive field of an axis without ends, in input pixels.

    The units repeat in phases: unit i reads from `lo[i % p] + i // p * advance` to `hi` likewise,
    where p = len(lo); None marks a phase that reads nothing. One phase is the usual affine
    (size, jump, start) of Araujo, Norris and Sim, Computing Receptive Fields of Convolutional
    Neural Networks, Distill 2019; transposed convolutions and upsampling have several.
    `advance` is None once every unit reads the same stretch.
    """

    lo: tuple[int | None, ...] = (0,)
    hi: tuple[int | None, ...] = (0,)
    advance: int | None = 1

    @property
    def size(self) -> int:
        """Pixels that the widest phase spans."""
        return max(
            (
                hi - lo + 1
                for lo, hi in zip(self.lo, self.hi, strict=True)
                if lo is not None and hi is not None
            ),
            default=0,
        )

    @property
    def jump(self) -> "int | Fraction | None":
        """Pixels between neighbours, the mean over the phases; None if all read the same."""
        if self.advance is None:
            return None
        if self.advance % len(self.lo) == 0:
            return self.advance // len(self.lo)
        from fractions import Fraction

        return Fraction(self.advance, len(self.lo))

    @property
    def start(self) -> int:
        """First pixel that unit 0 reads, before clipping."""
        return next((a for a in self.lo if a is not None), 0)

    def through(self, window: Window, n: int) -> "Field | None":
        """The field after a window over `n` units; None where it is no longer periodic."""
        if isinstance(window, Whole):
            return self.whole(n)
        if self.advance is None:
            return self
        if window.pattern(n) is None:
            return None
        lo, hi = self.lo[0], self.hi[0]
        if len(self.lo) > 1 or lo is None or hi is None or not isinstance(window, Strided):
            return _periodic(self, window, n)
        shift = -window.left * self.advance
        reach = window.dilation * (window.kernel - 1) * self.advance
        return Field((lo + shift,), (hi + shift + reach,), self.advance * window.stride)

    def whole(self, n: int) -> "Field":
        """The field of units that read all of `n`."""
        if self.advance is None:
            return self
        return _span(self, range(n))

    def at(self, i: int) -> tuple[int, int] | None:
        """First and last pixel of unit `i`; None where it reads nothing."""
        turns, phase = divmod(i, len(self.lo))
        lo, hi = self.lo[phase], self.hi[phase]
        if lo is None or hi is None:
            return None
        shift = turns * (self.advance or 0)
        return lo + shift, hi + shift

    def hull(self, other: "Field") -> "Field | None":
        """The field of units that read what both read; None where the jumps differ."""
        if self == other:
            return self
        if self.jump != other.jump:
            return None
        phases = lcm(len(self.lo), len(other.lo))
        if phases > _MAX_PHASES:
            return None
        stretches = [_join(self.at(i), other.at(i)) for i in range(phases)]
        advance = None if self.advance is None else self.advance * (phases // len(self.lo))
        return _field(stretches, advance)


def _join(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def _field(stretches: Iterable[tuple[int, int] | None], advance: int | None) -> "Field":
    pairs = [stretch or (None, None) for stretch in stretches]
    return Field(tuple(lo for lo, _ in pairs), tuple(hi for _, hi in pairs), advance)


def _span(field: Field, units: Sequence[int]) -> "Field":
    """All of `units` together, as one stretch that every unit reads."""
    stretch: tuple[int, int] | None = None
    phases = len(field.lo)
    # The outermost units of each phase bound the rest.
    for i in {*units[:phases], *units[-phases:]}:
        stretch = _join(stretch, field.at(i))
    return _field([stretch], None)


@lru_cache(maxsize=1024, typed=True)
def _periodic(field: Field, window: Window, n: int) -> "Field | None":
    pattern = window.pattern(n)
    assert pattern is not None
    assert field.advance is not None
    units, positions = pattern
    phases = len(field.lo)
    turns = phases // gcd(phases, positions)
    if units * turns > _MAX_PHASES:
        return None
    stretches = []
    for o in range(units * turns):
        taps = window.taps(o)
        span = _span(field, taps) if taps else None
        stretches.append(None if span is None else span.at(0))
    return _field(stretches, field.advance * (positions * turns // phases))


class Units(NamedTuple):
    """Exactly which pixels of the real input each unit of an axis depends on.

    Unit i depends on pixels `first[i]` to `last[i]`, on none where last < first. With `masks`, bit
    b of masks[i] tells whether it depends on pixel first[i] + b; without, on all between.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    masks: tuple[int, ...] | None = None

    @staticmethod
    def identity(n: int) -> "Units":
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

    def through(self, window: Window) -> "Units":
        """The units after a window."""
        if self.count <= _CACHED_LENGTH:
            return _through_cached(self, window)
        return _through(self, window)

    def union(self, other: "Units") -> "Units":
        """Units that depend on what both do, one by one."""
        if self == other:
            return self
        return _units([_or(self, i, other, i) for i in range(self.count)])

    def without(self, dark: Container[int]) -> "Units":
        """Units of which those in `dark` depend on nothing."""
        pairs = [(0, 0) if i in dark else (a, self.mask(i)) for i, a in enumerate(self.first)]
        return _units(pairs)

    def whole(self, count: int = 1) -> "Units":
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


def _units(pairs: list[tuple[int, int]]) -> "Units":
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


def _through(units: Units, window: Window) -> "Units":
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


def _intervals(units: Units, taps: list[range]) -> "Units":
    first, last = units.first, units.last
    return Units(
        tuple(first[t[0]] if t else 0 for t in taps),
        tuple(last[t[-1]] if t else -1 for t in taps),
    )
