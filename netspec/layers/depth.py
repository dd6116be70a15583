"""Stochastic depth."""

from typing import ClassVar, Literal

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Probability
from netspec.layers.base import Elementwise
from netspec.layers.saved import NOTHING, Saved


class StochasticDepth(Elementwise, kinds=("StochasticDepth",), role=roles.Dropout("samples")):
    """Zeroes whole samples at random in training, a shape to itself: for the end of a residual.

    Huang et al., Deep Networks with Stochastic Depth, 2016, https://arxiv.org/abs/1603.09382

    ```yaml
    - StochasticDepth: [0.2, row]
    ```
    """

    module: ClassVar[str] = "torchvision.ops"
    p: Probability = Field(description="probability of being zeroed")
    mode: Literal["batch", "row"] = Field(description="the whole batch at once, or each sample")

    def saves(self, x: Flow, y: Flow) -> Saved:
        if self.p == 0:
            return NOTHING
        return Saved(sample=4) if self.mode == "row" else Saved(batch=4)

    def passes(self, x: Shape, training: bool = True) -> bool:
        return self.p == 0 or not training
