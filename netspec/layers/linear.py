"""The product with a matrix."""

from math import prod

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Whole
from netspec.layers import roles
from netspec.layers.arguments import PositiveInt
from netspec.layers.base import Leaf, Value
from netspec.layers.saved import INPUT, Saved


class Linear(Leaf, kinds=("Linear",), role=roles.Map("out_features", axis=-1)):
    """Matrix product along the last axis, (*, F) to (*, out_features).

    ```yaml
    - Flatten
    - Linear: 10
    ```
    """

    infers = "in_features", 0
    out_features: PositiveInt = Field(description="length of the output's last axis")
    bias: bool = Field(default=True, description="whether to add a learnable number per feature")

    def flow(self, x: Flow) -> Flow:
        last = len(x.shape) - 1
        reads: dict[int, tuple[Whole | None, int]] = {i: (None, i) for i in range(last)}
        reads[last] = (Whole(self.out_features), last)
        return x.through((*x.shape[:-1], self.out_features), reads)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT

    def weights(self, x: Shape) -> dict[str, Shape]:
        weight: dict[str, Shape] = {"weight": (self.out_features, x[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def macs(self, x: Shape, y: Shape) -> int:
        return prod(y) * x[-1]

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"in_features": x[-1]}
