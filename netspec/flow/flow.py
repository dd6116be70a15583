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
    channels: int = 0
    """The axis of the shape that channels stand along."""

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

    def through(
        self,
        shape: Shape,
        windows: Mapping[int, tuple[Window | None, int]],
        channels: int | None = None,
    ) -> "Flow":
        """The flow after reading through windows.

        `windows` maps an axis of this shape to (window, axis of the new shape), None for a window
        that keeps every unit. Axes that are not named are read whole. `channels` is where they
        stand then, None where that is as before.
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
        if channels is None:
            channels = self.channels
        return self._replace(shape=shape, axes=found, channels=channels)

    def mixed(self, channels: int, windows: Sequence[Window]) -> "Flow":
        """The flow after a window on each axis but the first, which becomes `channels` channels."""
        reads: dict[int, tuple[Window | None, int]] = {
            i: (window, i) for i, window in enumerate(windows, 1)
        }
        return self.through((channels, *self._lengths(windows)), reads, channels=0)

    def slid(self, windows: Sequence[Window]) -> "Flow":
        """The flow after a window on each axis but the first, for each place along that one."""
        reads: dict[int, tuple[Window | None, int]] = {
            i: (window, i) for i, window in enumerate(windows, 1)
        }
        return self.through((self.shape[0], *self._lengths(windows)), reads | {0: (None, 0)})

    def _lengths(self, windows: Sequence[Window]) -> list[int]:
        pairs = zip(windows, self.shape[1:], strict=True)
        return [window.length(n) for window, n in pairs]

    def lit(self, along: int) -> "Flow":
        """The flow once axes share axis `along`: a unit that reads nothing of one reads nothing.

        Which units those are tells no field of one axis, so then there is none.
        """
        sharing = [axis.units for axis in self.axes if axis.along == along]
        dark = {i for units in sharing for i in range(units.count) if units.seen(i) is None}
        if not dark:
            return self
        axes = (
            axis._replace(units=axis.units.without(dark), field=None)
            if axis.along == along
            else axis
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
        y = Flow(shape, axes, self.work, context, tensor)
        return y._with_channels(*(flow.channels for flow in (self, other) if not flow.dark))

    def beside(self, other: "Flow") -> "Flow":
        """The flow of the units of both, one behind the other along the first axis."""
        n, m = self.shape[0], other.shape[0]
        shape = (n + m, *self.shape[1:])
        if all(axis.along != 0 for axis in (*self.axes, *other.axes)):
            return self.join(other, shape)
        _check(shape)
        pairs = zip(self.axes, other.axes, strict=True)
        axes = tuple(a.append(b, n, m, self.work) for a, b in pairs)
        tensor = Tensor(object(), self.tensor.grad or other.tensor.grad)
        context = self.global_context or other.global_context
        y = Flow(shape, axes, self.work, context, tensor)
        return y._with_channels(self.channels, other.channels)

    def copy(self) -> "Flow":
        """The flow in memory of its own."""
        return self._replace(tensor=Tensor(object(), self.tensor.grad))

    def gate(self, factor: "Flow") -> "Flow":
        """The flow of units times a factor; an axis that it is spread over is no path for it.

        Where the units are constants, a factor that is spread is none on any axis.
        """
        theirs = {axis.along for axis in factor.axes}
        spread = {
            i
            for i, n in enumerate(self.shape)
            if n != factor.shape[i] and (i != self.channels or i in theirs)
        }
        if factor.dark:
            axes = self.axes
        elif self.dark:
            axes = self.axes if spread else factor.axes
        else:
            axes = tuple(
                mine if spread & {mine.along, other.along} else mine.join(other, self.work)
                for mine, other in zip(self.axes, factor.axes, strict=True)
            )
        context = self.global_context or factor.global_context or bool(spread)
        tensor = Tensor(object(), self.tensor.grad or factor.tensor.grad)
        y = Flow(self.shape, axes, self.work, context, tensor)
        return y._with_channels(self.channels, factor.channels)

    def _with_channels(self, *wanted: int) -> "Flow":
        """The flow with channels along one of some axes, the first where no units stand if any."""
        stands = {axis.along for axis in self.axes}
        channels = next((one for one in wanted if one not in stands), next(iter(wanted), 0))
        if channels not in stands:
            return self._replace(channels=channels)
        axes = (axis.whole(self.work) if axis.along == channels else axis for axis in self.axes)
        return self._replace(axes=tuple(axes), channels=channels)

    def in_context(self, first: int) -> "Flow":
        """The flow once units also depend on statistics over axes `first` and those behind it."""
        over = (n for i, n in enumerate(self.shape) if i >= first and i != self.channels)
        return self._replace(global_context=self.global_context or prod(over) > 1)

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
