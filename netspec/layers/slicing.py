"""Parts of an axis."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided, Window
from netspec.layers import roles
from netspec.layers.arguments import Index, PositiveInt, sample_axis, without
from netspec.layers.base import OWN, Stateless
from netspec.layers.saved import NOTHING, Saved


class Slice(Stateless, kinds=("Slice",), role=roles.Pad()):
    """Every `step`-th position of an axis from `start` to before `stop`, in memory of its own.

    As Python slices: negative numbers count from the end, and what is beyond it is not there. Of
    n positions that is one from each of `range(n)[start:stop:step]`. Channels count together in
    every receptive field, so each that is kept reads what any channel did.

    ```yaml
    - Slice: {dim: 0, stop: 2}
    - Slice: {dim: 1, step: 2}
    ```
    """

    module: ClassVar[str] = OWN
    dim: int = Field(description="axis of a sample, the channels counted as 0")
    start: Index | None = Field(default=None, description="first position that is kept")
    stop: Index | None = Field(default=None, description="position before which it ends")
    step: PositiveInt = Field(default=1, description="positions from one to the next")

    def flow(self, x: Flow) -> Flow:
        axis = sample_axis(self.dim, x.shape, "dim")
        window = self._window(x.shape[axis])
        shape = (*x.shape[:axis], window.length(x.shape[axis]), *x.shape[axis + 1 :])
        reads: dict[int, tuple[Window | None, int]] = {i: (None, i) for i in range(len(shape))}
        return x.through(shape, reads | {axis: (window, axis)})

    def windows(self, x: Shape) -> Sequence[Window]:
        axis = sample_axis(self.dim, x, "dim")
        return [self._window(n) if i == axis else Strided(1) for i, n in enumerate(x) if i]

    def channels_read(self, x: Shape) -> Collection[int] | None:
        part = slice(self.start, self.stop, self.step)
        return None if sample_axis(self.dim, x, "dim") else range(x[0])[part]

    def _window(self, n: int) -> Strided:
        start, stop, step = slice(self.start, self.stop, self.step).indices(n)
        if stop <= start:
            raise Fault(
                "crop-too-large",
                f"from {start} to before {stop} there is nothing of {n}",
                "stop has to be behind start, and both within the axis",
                ("start",) if self.start is not None else ("stop",),
            )
        return Strided(1, step, left=-start, right=stop - n)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class Select(Stateless, kinds=("Select",), role=roles.Move()):
    """One position of an axis, which goes: (C, L) to (C,) with `dim` 1.

    Where that makes a spatial axis the first one, it counts as channels do from then on.

    ```yaml
    - Select: {dim: 1, index: -1}
    ```
    """

    module: ClassVar[str] = OWN
    dim: int = Field(description="axis of a sample, the channels counted as 0")
    index: Index = Field(description="position that is kept; -1 is the last")

    def flow(self, x: Flow) -> Flow:
        axis = sample_axis(self.dim, x.shape, "dim")
        n = x.shape[axis]
        if not -n <= self.index < n:
            message = f"index {self.index} is not on an axis of {n}"
            raise Fault("wrong-value", message, f"-{n} to {n - 1} are", ("index",))
        at = self.index % n
        alone = Strided(1, left=-at, right=at + 1 - n)
        reads: dict[int, tuple[Window | None, int]] = {i: (None, i) for i in range(len(x.shape))}
        shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        return without(x.through(shape, reads | {axis: (alone, axis)}), {axis}, self.kind)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def channels_read(self, x: Shape) -> Collection[int] | None:
        return None if sample_axis(self.dim, x, "dim") else (self.index % x[0],)
