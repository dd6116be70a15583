"""Layers that only rearrange axes."""

from math import prod

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow import Flow, Shape
from netspec.layers.arguments import axis_of
from netspec.layers.base import Stateless
from netspec.layers.saved import NOTHING, Saved
from netspec.window import Window


class Flatten(Stateless, kinds=("Flatten",)):
    """Joins axes into one, (C, *spatial) to (F,).

    ```yaml
    - Flatten
    ```
    """

    start_dim: int = Field(default=1, description="first axis to join, the batch axis counted as 0")
    end_dim: int = Field(default=-1, description="last axis to join")

    def flow(self, x: Flow) -> Flow:
        start = axis_of(self.start_dim, x.shape, "start_dim")
        end = axis_of(self.end_dim, x.shape, "end_dim")
        if end < start:
            raise Fault("wrong-dim", "end_dim is before start_dim", at=("end_dim",))
        if start == end:
            return x
        shape = (*x.shape[:start], prod(x.shape[start : end + 1]), *x.shape[end + 1 :])
        # Axis 0 holds channels, whose union a unit reads; a joined axis is read whole.
        kept: dict[int, tuple[Window | None, int]] = {
            i: (None, i if i < start else i - (end - start))
            for i in range(1, len(x.shape))
            if not start <= i <= end
        }
        return x.through(shape, kept)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def passes(self, x: Shape, training: bool = True) -> bool:
        return True
