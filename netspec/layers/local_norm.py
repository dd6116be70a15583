"""Normalization by neighbouring channels."""

from math import prod

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.arguments import PositiveInt
from netspec.layers.base import Stateless, shape_text
from netspec.layers.saved import Saved


class LocalResponseNorm(
    Stateless, kinds=("LocalResponseNorm",), role=roles.Norm("neighbours", centres=False)
):
    """x divided by its neighbours in other channels, a shape to itself.

    x / (k + alpha * mean of x ** 2 over size channels) ** beta; Krizhevsky, Sutskever and Hinton,
    ImageNet Classification with Deep Convolutional Neural Networks, 2012

    ```yaml
    - LocalResponseNorm: 5
    ```
    """

    size: PositiveInt = Field(description="channels that are looked at")
    alpha: float = Field(default=1e-4, description="weight of the neighbours")
    beta: float = Field(default=0.75, description="exponent")
    k: float = Field(default=1.0, description="added to the neighbours")

    def flow(self, x: Flow) -> Flow:
        if len(x.shape) < 2:
            raise Fault(
                "wrong-rank",
                f"LocalResponseNorm takes (C, *spatial), not {shape_text(x.shape)}",
                "move it before the layer that flattens",
            )
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        channels, *space = x.shape
        squares = (channels + self.size - 1) * prod(space)
        return Saved(input=True, sample=4 * (squares + 2 * x.numel))
