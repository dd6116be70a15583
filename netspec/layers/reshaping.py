"""Layers that only rearrange axes."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Window
from netspec.layers import roles
from netspec.layers.arguments import axis_of
from netspec.layers.base import Stateless
from netspec.layers.saved import NOTHING, Saved


class _Tiled(NamedTuple):
    block: int
    units: int
    line: int


class Tiled(_Tiled, Window):
    """Each of `line` positions is read by `block` units in a row, and all again to `units`.

    Of units that begin again with every line there are phases that stay where they are.
    """

    __slots__ = ()

    def length(self, n: int) -> int:
        return self.units

    def taps(self, o: int) -> Sequence[int]:
        return (o // self.block,)

    def place(self, tap: int, n: int) -> int:
        return tap % n

    def pattern(self, n: int) -> tuple[int, int]:
        whole = self.block * self.line
        return (self.block, 1) if whole == self.units else (whole, 0)


class Flatten(Stateless, kinds=("Flatten",), role=roles.Move()):
    """Joins axes into one, (C, *spatial) to (F,).

    Joined with channels, an axis is one of features that read all of it; spatial axes joined among
    themselves keep every unit.

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
        joined = x.shape[start : end + 1]
        shape = (*x.shape[:start], prod(joined), *x.shape[end + 1 :])
        reads: dict[int, tuple[Window | None, int]] = {
            i: (None, i if i < start else i - (end - start))
            for i in range(len(x.shape))
            if not start <= i <= end
        }
        if start <= x.channels <= end:
            return x.through(shape, reads, channels=start)
        for i, n in enumerate(joined):
            block = prod(joined[i + 1 :])
            whole = n == prod(joined)
            reads[start + i] = (None if whole else Tiled(block, prod(joined), n), start)
        channels = x.channels if x.channels < start else x.channels - (end - start)
        return x.through(shape, reads, channels).lit(start)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def passes(self, x: Shape, training: bool = True) -> bool:
        return True
