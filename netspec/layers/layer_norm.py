"""Normalization over the last axes of one sample."""

from math import prod
from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Eps, Lengths
from netspec.layers.base import Leaf, Value, shape_text
from netspec.layers.saved import Saved


class _LastAxes(Leaf):
    """Normalization over the last axes of one sample."""

    normalized_shape: Annotated[int | tuple[int, ...] | None, Lengths(null=True)] = Field(
        default=None, description="the last axes, as many as are listed; all of them if left out"
    )

    def over(self, x: Shape) -> Shape:
        """The axes that are normalized."""
        over = self.normalized_shape or x
        return over if isinstance(over, tuple) else (over,)

    def flow(self, x: Flow) -> Flow:
        over = self.over(x.shape)
        if x.shape[-len(over) :] != over:
            raise Fault(
                "shapes-differ",
                f"normalized_shape {shape_text(over)} is not how {shape_text(x.shape)} ends",
                "leave it out to take the whole sample",
                ("normalized_shape",),
            )
        return x.in_context(len(x.shape) - len(over))

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"normalized_shape": self.over(x)}


class LayerNorm(_LastAxes, kinds=("LayerNorm",), role=roles.Norm("sample", centres=True)):
    """Normalization over the last axes of a sample, a shape to itself.

    Ba, Kiros and Hinton, Layer Normalization, 2016, https://arxiv.org/abs/1607.06450

    ```yaml
    - LayerNorm
    ```
    """

    eps: Eps = Field(default=1e-5, description="added to the variance")
    elementwise_affine: bool = Field(default=True, description="whether to learn scale and shift")
    bias: bool = Field(default=True, description="whether the learnt part has a shift")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, sample=8 * (x.numel // prod(self.over(x.shape))))

    def weights(self, x: Shape) -> dict[str, Shape]:
        if not self.elementwise_affine:
            return {}
        over = self.over(x)
        return {"weight": over, "bias": over} if self.bias else {"weight": over}


class RMSNorm(_LastAxes, kinds=("RMSNorm",), role=roles.Norm("sample", centres=False)):
    """x divided by its root mean square over the last axes, a shape to itself.

    Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, https://arxiv.org/abs/1910.07467

    ```yaml
    - RMSNorm
    ```
    """

    eps: Eps | None = Field(
        default=None, description="added to the mean square; the least that float32 can add if null"
    )
    elementwise_affine: bool = Field(default=True, description="whether to learn a scale")

    def saves(self, x: Flow, y: Flow) -> Saved:
        scaled = x.numel if self.elementwise_affine else 0
        roots = x.numel // prod(self.over(x.shape)) if x.tensor.grad else 0
        return Saved(input=x.tensor.grad, sample=4 * (scaled + roots))

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {"weight": self.over(x)} if self.elementwise_affine else {}
