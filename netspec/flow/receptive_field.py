"""What the units of one axis depend on, as an affine description of an axis without ends."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from netspec.diagnostic import Fault
from netspec.flow.window import Strided, Whole, Window
from netspec.flow.work import UNIT, Work

if TYPE_CHECKING:
    from fractions import Fraction

_MAX_PHASES = 2**12
_MAX_PIXELS = 2**53


Jump: TypeAlias = "int | Fraction | None"


class Field(NamedTuple):
    """Receptive field of an axis without ends, in input pixels.

    The units repeat in phases: unit i reads from `lo[i % p] + i // p * advance` to `hi` likewise,
    where p = len(lo); None marks a phase that reads nothing. One phase is the usual affine
    (size, jump, start) of Araujo, Norris and Sim, Computing Receptive Fields of Convolutional
    Neural Networks, Distill 2019; transposed convolutions and upsampling have several.
    `advance` is None once every unit reads the same stretch, and 0 where they are those of a line
    after another.
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
    def jump(self) -> Jump:
        """Pixels between neighbours, the mean over the phases.

        None if all read the same, or go through the same places again and again.
        """
        if not self.advance:
            return None
        if self.advance % len(self.lo) == 0:
            return self.advance // len(self.lo)
        from fractions import Fraction

        return Fraction(self.advance, len(self.lo))

    @property
    def start(self) -> int:
        """First pixel that unit 0 reads, before clipping."""
        return next((a for a in self.lo if a is not None), 0)

    @property
    def dark(self) -> bool:
        """Whether no phase reads anything."""
        return None in self.lo and not any(a is not None for a in self.lo)

    def through(self, window: Window, n: int, work: Work) -> "Field | None":
        """The field after a window over `n` units; None where it is no longer periodic."""
        if isinstance(window, Whole):
            return self.whole(n)
        if self.advance is None:
            return self
        if (pattern := window.pattern(n)) is None:
            return None
        lo, hi = self.lo[0], self.hi[0]
        if len(self.lo) > 1 or lo is None or hi is None or not isinstance(window, Strided):
            phases = pattern[0] * _turns(self, window, n)
            if phases > _MAX_PHASES:
                return None
            work.spend(3 * UNIT * phases)
            return _periodic(self, window, n)
        shift = -window.left * self.advance
        reach = window.dilation * (window.kernel - 1) * self.advance
        if max(reach, self.advance * window.stride, hi - lo) > _MAX_PIXELS:
            raise Fault(
                "too-large",
                f"a receptive field of more than {_MAX_PIXELS:,} pixels",
                "smaller strides, dilations or kernels",
            )
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

    def hull(self, other: "Field", work: Work) -> "Field | None":
        """The field of units that read what both read; None where the jumps differ."""
        if self == other or other.dark:
            return self
        if self.dark:
            return other
        if self.jump != other.jump or (self.advance is None) != (other.advance is None):
            return None
        phases = lcm(len(self.lo), len(other.lo))
        if phases > _MAX_PHASES:
            return None
        work.spend(2 * UNIT * phases)
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


def _turns(field: Field, window: Window, n: int) -> int:
    """Repeats of a window's pattern after which units in phases are read alike again."""
    pattern = window.pattern(n)
    assert pattern is not None
    return len(field.lo) // gcd(len(field.lo), pattern[1])


NOTHING = Field((None,), (None,), None)
"""The field of units that read no input."""


@lru_cache(maxsize=1024, typed=True)
def _periodic(field: Field, window: Window, n: int) -> Field:
    pattern = window.pattern(n)
    assert pattern is not None
    assert field.advance is not None
    units, positions = pattern
    turns = _turns(field, window, n)
    stretches = []
    for o in range(units * turns):
        taps = window.taps(o)
        span = _span(field, taps) if taps else None
        stretches.append(None if span is None else span.at(0))
    return _field(stretches, field.advance * (positions * turns // len(field.lo)))
