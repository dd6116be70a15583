"""Normalized exponentials."""

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Whole, Window
from netspec.layers import roles
from netspec.layers.arguments import axis_of
from netspec.layers.base import Stateless, Value
from netspec.layers.saved import OUTPUT, Saved


class _Along(Stateless):
    """Normalized exponentials along an axis."""

    dim: int = Field(default=1, description="axis, the batch axis counted as 0; 1 is the channels")

    def flow(self, x: Flow) -> Flow:
        axis = axis_of(self.dim, x.shape, "dim")
        reads: dict[int, tuple[Window | None, int]] = {
            i: (Whole(n) if i == axis else None, i) for i, n in enumerate(x.shape)
        }
        return x.through(x.shape, reads)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return OUTPUT

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"dim": self.dim}


class Softmax(_Along, kinds=("Softmax", "Softmin"), role=roles.Softmax(log=False)):
    """Normalized exponentials along an axis (of -x with Softmin), a shape to itself.

    ```yaml
    - Softmax: 1
    ```
    """


class LogSoftmax(_Along, kinds=("LogSoftmax",), role=roles.Softmax(log=True)):
    """Logarithms of normalized exponentials along an axis, a shape to itself.

    ```yaml
    - LogSoftmax: 1
    ```
    """


class Softmax2d(Stateless, kinds=("Softmax2d",), role=roles.Softmax(log=False)):
    """Softmax over the channels at each position, (C, H, W) to itself.

    ```yaml
    - Softmax2d
    ```
    """

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return OUTPUT
