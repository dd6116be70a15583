"""Layers that only rearrange."""

from __future__ import annotations

from math import prod

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow import Flow, Shape
from netspec.layers.base import Stateless, shape_text
from netspec.window import Window


def axis_of(dim: int, x: Shape, at: str) -> int:
    """The axis of a sample that torch's `dim`, counted with the batch axis, means."""
    axis = dim + len(x) if dim < 0 else dim - 1
    if not -1 <= axis < len(x):
        raise Fault(
            "wrong-dim",
            f"{at} {dim} does not exist in {shape_text(x)} behind a batch axis",
            f"1 is the first axis of a sample, {len(x)} or -1 the last",
            (at,),
        )
    if axis == -1:
        raise Fault(
            "wrong-dim", f"{at} {dim} is the batch axis, and samples stay apart",
            "1 is the first axis of a sample", (at,),
        )  # fmt: skip
    return axis


class Flatten(Stateless, kinds=("Flatten",)):
    """Joins axes into one, (C, *spatial) to (F,).

    ```yaml
    - Flatten
    ```
    """

    start_dim: int = Field(default=1, description="first axis to join, the batch axis counted as 0")
    end_dim: int = Field(default=-1, description="last axis to join")

    def run(self, x: Flow) -> Flow:
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
