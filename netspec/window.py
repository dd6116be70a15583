"""Windows: how the units of an axis read the axis before it.

`taps(o)` are positions on an axis without ends, so one description serves twice: clipped or
mirrored at the real ends for the exact dependency, and left alone for the affine one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Literal

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

    def pattern(self, n: int) -> tuple[int, int] | None:
        """(u, p): unit o + u reads what unit o reads, p positions on; None if there is no such."""
        return None

    @property
    def clips(self) -> bool:
        """Whether taps are an arithmetic progression whose outside part reads constants."""
        return False


@dataclass(frozen=True, slots=True)
class Strided(Window):
    """Convolutions, pools and pads: `kernel` taps, `dilation` apart, every `stride` positions."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    left: int = 0
    right: int = 0
    ceil: bool = False
    border: Border = "zeros"

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

    def pattern(self, n: int) -> tuple[int, int]:
        return 1, self.stride

    @property
    def clips(self) -> bool:
        return self.border == "zeros"


@dataclass(frozen=True, slots=True)
class Adaptive(Window):
    """The `bins` windows of adaptive pooling over `n` positions, as torch cuts them."""

    n: int
    bins: int

    def length(self, n: int) -> int:
        return self.bins

    def taps(self, o: int) -> range:
        return range(o * self.n // self.bins, -(-(o + 1) * self.n // self.bins))

    def pattern(self, n: int) -> tuple[int, int] | None:
        return (1, n // self.bins) if n % self.bins == 0 else None

    @property
    def clips(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Whole(Window):
    """Every one of `count` units reads everything."""

    count: int = 1

    def length(self, n: int) -> int:
        return self.count

    def taps(self, o: int) -> Sequence[int]:
        raise NotImplementedError("a whole window has no taps of its own")


@dataclass(frozen=True, slots=True)
class Transposed(Window):
    """A transposed convolution: unit `o` reads the positions that spread a weight onto it.

    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: int = 0
    output_padding: int = 0

    def length(self, n: int) -> int:
        extent = self.dilation * (self.kernel - 1) + 1
        count = (n - 1) * self.stride - 2 * self.padding + extent + self.output_padding
        if count < 1:
            raise Fault(
                "window-too-large",
                f"padding {self.padding} leaves nothing of a transposed convolution over {n}",
                "less padding, or a larger kernel or output_padding",
                ("padding",),
            )
        return count

    def taps(self, o: int) -> Sequence[int]:
        spread = (o + self.padding - i * self.dilation for i in range(self.kernel))
        return sorted({at // self.stride for at in spread if at % self.stride == 0})

    def pattern(self, n: int) -> tuple[int, int]:
        return self.stride, 1


@dataclass(frozen=True, slots=True)
class Repeated(Window):
    """Nearest-neighbour upsampling and pixel shuffle: unit `o` reads position o * n // count."""

    n: int
    count: int

    def length(self, n: int) -> int:
        return self.count

    def taps(self, o: int) -> Sequence[int]:
        return (o * self.n // self.count,)

    def pattern(self, n: int) -> tuple[int, int]:
        return _ratio(self.count, self.n)


@dataclass(frozen=True, slots=True)
class Interpolated(Window):
    """Linear (`reach` 1) or cubic (`reach` 2) upsampling from `n` positions to `count`.

    `scale` is input positions per unit as (numerator, denominator); where it is None the corners
    are aligned. https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html
    """

    n: int
    count: int
    reach: int
    scale: tuple[int, int] | None

    def length(self, n: int) -> int:
        return self.count

    def taps(self, o: int) -> Sequence[int]:
        # The source position as an exact fraction: at / below.
        if self.scale is None:
            at, below = o * (self.n - 1), max(self.count - 1, 1)
        else:
            up, down = self.scale
            at, below = (2 * o + 1) * up - down, 2 * down
            if self.reach == 1 and at < 0 <= o:
                at = 0
        base = floor(at // below)
        if at % below == 0:
            return (base,)
        return range(base - self.reach + 1, base + self.reach + 1)

    def place(self, tap: int, n: int) -> int | None:
        return min(max(tap, 0), n - 1)

    def pattern(self, n: int) -> tuple[int, int] | None:
        return _ratio(self.scale[1], self.scale[0]) if self.scale else None


def _ratio(units: int, positions: int) -> tuple[int, int]:
    from math import gcd

    common = gcd(units, positions)
    return units // common, positions // common
