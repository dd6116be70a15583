"""What analysis carries through the layers instead of a tensor."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from netspec.diagnostic import Fault
from netspec.flow.axis import Axis, seen, together
from netspec.flow.receptive_field import NOTHING, Field
from netspec.flow.units import Units
from netspec.flow.window import MAX_LENGTH, Window
from netspec.flow.work import Work

MAX_NUMEL = 2**63

Shape = tuple[int, ...]
"""One sample without the batch axis: (C, *spatial) or (F,)."""


class Tensor(NamedTuple):
    """The memory that a flow stands for."""

    storage: object
    """The same for a tensor and its views."""
    grad: bool = False
    """Whether the backward pass goes through it."""
    saved: bool = False
    """Whether autograd keeps it for the backward pass."""
    shared: bool = False
    """Whether another path reads it too."""


class Flow(NamedTuple):
    """The shape of a tensor and what its units depend on, per spatial axis of the input."""

    shape: Shape
    axes: tuple[Axis, ...]
    work: Work
    """What the analysis of the network may still cost."""
    global_context: bool = False
    """Whether units also depend on the whole map through statistics or gates."""
    tensor: Tensor = Tensor(None)

    @staticmethod
    def input(shape: Shape) -> "Flow":
        """The flow of a network's input: every pixel depends on itself."""
        _check(shape)
        axes = (Axis(Units.identity(n), Field(), i) for i, n in enumerate(shape[1:], 1))
        return Flow(shape, tuple(axes), Work(), tensor=Tensor(object()))

    @property
    def numel(self) -> int:
        """Elements of one sample."""
        return prod(self.shape)

    @property
    def dark(self) -> bool:
        """Whether no unit depends on any pixel."""
        if not self.axes or self.axes[0].field != NOTHING:
            return False
        self.work.spend(self.axes[0].units.count)
        return self.axes[0].units.dark

    @property
    def seen(self) -> list[tuple[int, int] | None]:
        """First and last pixel of the real input that the centre unit depends on, for each axis."""
        return seen(self.axes)

    @property
    def local(self) -> bool:
        """Whether any two units can read different pixels."""
        return any(axis.local for axis in self.axes)

    def through(self, shape: Shape, windows: Mapping[int, tuple[Window | None, int]]) -> "Flow":
        """The flow after reading through windows.

        `windows` maps an axis of this shape to (window, axis of the new shape), None for a window
        that keeps every unit. Axes that are not named are read whole.
        """
        _check(shape)
        axes = []
        for axis in self.axes:
            if axis.along is None:
                axes.append(axis)
            elif axis.along not in windows:
                axes.append(axis.whole(self.work))
            else:
                window, along = windows[axis.along]
                same = axis._replace(along=along) if along != axis.along else axis
                axes.append(same if window is None else axis.through(window, along, self.work))
        found = together(axes, self.axes, self.work)
        return Flow(shape, found, self.work, self.global_context, self.tensor)

    def spatial(self, channels: int, windows: Sequence[Window]) -> "Flow":
        """The flow after a window on each spatial axis, with `channels` channels."""
        lengths = (window.length(n) for window, n in zip(windows, self.shape[1:], strict=True))
        reads = {i: (window, i) for i, window in enumerate(windows, 1)}
        return self.through((channels, *lengths), reads)

    def lit(self, along: int) -> "Flow":
        """The flow once axes share axis `along`: a unit that reads nothing of one reads nothing."""
        sharing = [axis.units for axis in self.axes if axis.along == along]
        dark = {i for units in sharing for i in range(units.count) if units.seen(i) is None}
        if not dark:
            return self
        axes = (
            axis._replace(units=axis.units.without(dark)) if axis.along == along else axis
            for axis in self.axes
        )
        return self._replace(axes=together(tuple(axes), self.axes, self.work))

    def join(self, other: "Flow", shape: Shape) -> "Flow":
        """The flow of units that read, one by one, what both read."""
        _check(shape)
        if self.dark or other.dark:
            axes = other.axes if self.dark else self.axes
        else:
            axes = tuple(a.join(b, self.work) for a, b in zip(self.axes, other.axes, strict=True))
        tensor = Tensor(object(), self.tensor.grad or other.tensor.grad)
        context = self.global_context or other.global_context
        return Flow(shape, axes, self.work, context, tensor)

    def copy(self) -> "Flow":
        """The flow in memory of its own."""
        return self._replace(tensor=Tensor(object(), self.tensor.grad))

    def gate(self, factor: "Flow") -> "Flow":
        """The flow of units times a factor; an axis that it is spread over is no path for it.

        Where the units are constants, a factor that is spread is none on any axis.
        """
        spread = {i for i, n in enumerate(self.shape) if i and n != factor.shape[i]}
        if factor.dark:
            axes = self.axes
        elif self.dark:
            axes = self.axes if spread else factor.axes
        else:
            axes = tuple(
                mine if mine.along in spread else mine.join(other, self.work)
                for mine, other in zip(self.axes, factor.axes, strict=True)
            )
        context = self.global_context or factor.global_context or bool(spread)
        tensor = Tensor(object(), self.tensor.grad or factor.tensor.grad)
        return Flow(self.shape, axes, self.work, context, tensor)

    def in_context(self) -> "Flow":
        """The flow once units also depend on the whole map by other ways than windows."""
        return self._replace(global_context=self.global_context or prod(self.shape[1:]) > 1)

    @property
    def as_shared(self) -> "Flow":
        """The flow as one of several readers gets it."""
        return self._replace(tensor=self.tensor._replace(shared=True))


def _check(shape: Shape) -> None:
    """Refuse a shape that is too large to analyse, or to be counted."""
    for n in shape[1:]:
        if n > MAX_LENGTH:
            raise Fault("too-large", f"an axis of {n} is over the limit of {MAX_LENGTH}")
    if prod(shape) >= MAX_NUMEL:
        message = "a tensor of more numbers than 64 bits can count"
        raise Fault("too-large", message, "fewer channels or positions")
