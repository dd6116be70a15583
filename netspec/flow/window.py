"""Windows: how the units of an axis read the axis before it.

`taps(o)` are positions on an axis without ends, so one description serves twice: clipped or
mirrored at the real ends for the exact dependency, and left alone for the affine one.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, NamedTuple

from netspec.diagnostic import Fault

Border = Literal["zeros", "reflect", "replicate", "circular"]

MAX_LENGTH = 2**18
"""Longest axis that is analysed; a longer one is refused before any work is done on it."""


class Window(ABC):
    """How unit `o` of an axis reads an axis of `n` positions."""

    __slots__ = ()

    @abstractmethod
    def length(self, n: int) -> int:
        """Number of units over an axis of `n` positions; Fault where torch would refuse."""

    @abstractmethod
    def taps(self, o: int) -> Sequence[int]:
        """Positions that unit `o` reads, in ascending order, as if the axis had no ends."""

    def place(self, tap: int, n: int) -> int | None:
        """Where a tap really reads on an axis of `n` positions; None where it reads a constant."""
        return tap if 0 <= tap < n else None

    def places(self, o: int, n: int) -> Sequence[int]:
        """Positions of an axis of `n` that unit `o` really reads, each once, in ascending order."""
        return sorted({at for tap in self.taps(o) if (at := self.place(tap, n)) is not None})

    def pattern(self, n: int) -> tuple[int, int] | None:
        """(u, p): unit o + u reads what unit o reads, p positions on; None if there is no such."""
        return None

    def formula(self, n: int) -> str | None:
        """How `length` comes about, in numbers: (28 + 2·1 − 3) / 1 + 1; None where it is given."""
        return None


class _Strided(NamedTuple):
    kernel: int
    stride: int = 1
    dilation: int = 1
    left: int = 0
    right: int = 0
    ceil: bool = False
    border: Border = "zeros"


class Strided(_Strided, Window):
    """Convolutions, pools and pads: `kernel` taps, `dilation` apart, every `stride` positions."""

    __slots__ = ()

    def length(self, n: int) -> int:
        extent = self.dilation * (self.kernel - 1) + 1
        room = n + self.left + self.right - extent
        count = (room + (self.stride - 1 if self.ceil else 0)) // self.stride + 1
        if self.ceil and (count - 1) * self.stride >= n + self.left:
            count -= 1
        if count < 1:
            # One side's share of what is missing, beside the padding that is there already.
            padding = max(self.left, self.right) + (1 - room) // 2 if room < 0 else 0
            size = f"{n}" if self.left == self.right == 0 else f"{n} padded to {room + extent}"
            raise Fault(
                "window-too-large",
                f"window of {extent} does not fit an input of {size}",
                f"padding {padding} or more would fit",
                ("kernel_size",),
            )
        return count

    def taps(self, o: int) -> range:
        first = o * self.stride - self.left
        return range(first, first + self.dilation * (self.kernel - 1) + 1, self.dilation)

    def place(self, tap: int, n: int) -> int | None:
        if 0 <= tap < n:
            return tap
        match self.border:
            case "zeros":
                return None
            case "replicate":
                return 0 if tap < 0 else n - 1
            case "circular":
                return tap % n
            case "reflect":
                return -tap if tap < 0 else 2 * (n - 1) - tap

    def places(self, o: int, n: int) -> Sequence[int]:
        taps = self.taps(o)
        inside = clip(taps, n)
        if self.border == "zeros" or len(inside) == len(taps):
            return inside
        if self.border == "replicate":
            ends = [0] * (taps[0] < 0), [n - 1] * (taps[-1] >= n)
            return sorted({*ends[0], *inside, *ends[1]})
        return super().places(o, n)

    def formula(self, n: int) -> str:
        pads = f" + 2·{self.left}" if self.left else ""
        if self.left != self.right:
            pads = "".join(f" {'−' if p < 0 else '+'} {abs(p)}" for p in (self.left, self.right))
        elif self.left < 0:
            pads = f" − 2·{-self.left}"
        extent = f"{self.kernel}"
        if self.dilation > 1:
            extent = f"{self.dilation}·({self.kernel} − 1) − 1"
        room = n + self.left + self.right - self.dilation * (self.kernel - 1) - 1
        steps = f"({n}{pads} − {extent}) / {self.stride}"
        if room % self.stride:
            steps = f"⌈{steps}⌉" if self.ceil else f"⌊{steps}⌋"
        # With ceil_mode, the last window may begin behind the input.
        left_out = -(-room // self.stride) + 1 - self.length(n) if self.ceil else 0
        return f"{steps} + 1" + " − 1" * left_out

    def inner(self, n: int) -> tuple[int, int]:
        """The units whose taps all are on an axis of `n` positions: the first, the one behind."""
        count, reach = self.length(n), self.dilation * (self.kernel - 1)
        begin = min(max(-(-self.left // self.stride), 0), count)
        return begin, min(max((n - 1 - reach + self.left) // self.stride + 1, begin), count)

    def pattern(self, n: int) -> tuple[int, int]:
        return 1, self.stride


class _Adaptive(NamedTuple):
    n: int
    bins: int


class Adaptive(_Adaptive, Window):
    """The `bins` windows of adaptive pooling over `n` positions, as torch cuts them."""

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.bins

    def taps(self, o: int) -> range:
        return range(o * self.n // self.bins, -(-(o + 1) * self.n // self.bins))

    def places(self, o: int, n: int) -> range:
        return clip(self.taps(o), n)

    def pattern(self, n: int) -> tuple[int, int] | None:
        return (1, n // self.bins) if n % self.bins == 0 else None


class _Whole(NamedTuple):
    units: int = 1


class Whole(_Whole, Window):
    """Every one of `units` units reads everything."""

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.units

    def taps(self, o: int) -> Sequence[int]:
        raise NotImplementedError("a whole window has no taps of its own")


class _Wrapped(NamedTuple):
    left: int
    right: int


class Wrapped(_Wrapped, Window):
    """Circular padding: what is left after cropping repeats."""

    __slots__ = ()

    def length(self, n: int) -> int:
        return n + self.left + self.right

    def taps(self, o: int) -> Sequence[int]:
        return (o - self.left,)

    def place(self, tap: int, n: int) -> int:
        first = max(-self.left, 0)
        return first + (tap - first) % (n - first - max(-self.right, 0))

    def pattern(self, n: int) -> tuple[int, int]:
        return 1, 1


def clip(taps: range, n: int) -> range:
    """The part of an arithmetic progression of taps that lies within 0 … n - 1."""
    start = taps.start if taps.start >= 0 else taps.start % taps.step
    return range(start, min(taps.stop, n), taps.step)
