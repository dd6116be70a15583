"""Gated linear units."""

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.flow.window import Strided, Window
from netspec.layers import roles
from netspec.layers.arguments import axis_of
from netspec.layers.base import Stateless, shape_text
from netspec.layers.saved import INPUT, Saved


class GLU(Stateless, kinds=("GLU",), role=roles.Activation()):
    """One half of an axis times the sigmoid of the other, (2 * C, *spatial) to (C, *spatial).

    Dauphin et al., Language Modeling with Gated Convolutional Networks, 2016,
    https://arxiv.org/abs/1612.08083

    ```yaml
    - GLU: 1
    ```
    """

    dim: int = Field(default=-1, description="axis, the batch axis counted as 0; 1 is the channels")

    def flow(self, x: Flow) -> Flow:
        axis = axis_of(self.dim, x.shape, "dim")
        half, odd = divmod(x.shape[axis], 2)
        if odd:
            raise Fault(
                "size-does-not-divide",
                f"GLU halves an axis, and axis {axis + 1} of {shape_text(x.shape)} is "
                f"{x.shape[axis]} long",
                "dim 1 is the channels",
                ("dim",),
            )
        reads: dict[int, tuple[Window | None, int]] = {
            i: (Strided(2, dilation=half) if i == axis else None, i) for i in range(len(x.shape))
        }
        return x.through((*x.shape[:axis], half, *x.shape[axis + 1 :]), reads)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT
