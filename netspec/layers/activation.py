"""Activations. https://docs.pytorch.org/docs/stable/nn.html has the formula of each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from netspec.flow import Flow
from netspec.layers.base import Elementwise, Stateless, Value
from netspec.layers.reshaping import axis_of
from netspec.flow import Shape
from netspec.window import Whole, Window


class Plain(Elementwise, kinds=("Sigmoid", "Tanh", "Softsign", "Tanhshrink", "LogSigmoid")):
    """A function of each element, a shape to itself.

    ```yaml
    - Sigmoid
    ```
    """


class Activation(
    Elementwise,
    kinds=("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish"),
):
    """A function of each element, a shape to itself.

    ```yaml
    - ReLU
    ```
    """

    inplace: bool = Field(default=False, description="whether to overwrite the input")


class GELU(Elementwise, kinds=("GELU",)):
    """Gaussian error linear unit, a shape to itself.

    ```yaml
    - GELU: {approximate: tanh}
    ```
    """

    approximate: Literal["none", "tanh"] = Field(default="none", description="formula to use")


class LeakyReLU(Elementwise, kinds=("LeakyReLU",)):
    """max(0, x) + negative_slope * min(0, x), a shape to itself.

    ```yaml
    - LeakyReLU: 0.1
    ```
    """

    negative_slope: float = Field(default=0.01, description="slope below zero")
    inplace: bool = Field(default=False, description="whether to overwrite the input")


class ELU(Elementwise, kinds=("ELU", "CELU")):
    """Exponential linear unit, a shape to itself.

    ```yaml
    - ELU
    ```
    """

    alpha: float = Field(default=1.0, description="scale of the part below zero")
    inplace: bool = Field(default=False, description="whether to overwrite the input")


class Hardtanh(Elementwise, kinds=("Hardtanh",)):
    """Clamps to a range, a shape to itself.

    ```yaml
    - Hardtanh: {min_val: -2, max_val: 2}
    ```
    """

    min_val: float = Field(default=-1.0, description="lower end")
    max_val: float = Field(default=1.0, description="upper end")
    inplace: bool = Field(default=False, description="whether to overwrite the input")


class Softplus(Elementwise, kinds=("Softplus",)):
    """Smooth rectifier, a shape to itself.

    ```yaml
    - Softplus
    ```
    """

    beta: float = Field(default=1.0, description="sharpness")
    threshold: float = Field(default=20.0, description="above it the function is linear")


class Shrink(Elementwise, kinds=("Hardshrink", "Softshrink")):
    """Zeroes small values, a shape to itself.

    ```yaml
    - Softshrink
    ```
    """

    lambd: Annotated[float, Field(ge=0)] = Field(default=0.5, description="what counts as small")


class Threshold(Elementwise, kinds=("Threshold",)):
    """x above a threshold, else a value, a shape to itself.

    ```yaml
    - Threshold: {threshold: 0.1, value: 0}
    ```
    """

    threshold: float = Field(description="what x is compared with")
    value: float = Field(description="what takes its place")
    inplace: bool = Field(default=False, description="whether to overwrite the input")


class RReLU(Elementwise, kinds=("RReLU",)):
    """Leaky rectifier with a random slope in training, a shape to itself.

    ```yaml
    - RReLU
    ```
    """

    lower: float = Field(default=1 / 8, description="least slope")
    upper: float = Field(default=1 / 3, description="greatest slope")
    inplace: bool = Field(default=False, description="whether to overwrite the input")


class Softmax(Stateless, kinds=("Softmax", "LogSoftmax", "Softmin")):
    """Normalized exponentials along an axis, a shape to itself.

    ```yaml
    - LogSoftmax: 1
    ```
    """

    dim: int = Field(default=1, description="axis, the batch axis counted as 0; 1 is the channels")

    def run(self, x: Flow) -> Flow:
        axis = axis_of(self.dim, x.shape, "dim")
        if axis == 0:
            return x
        reads: dict[int, tuple[Window | None, int]] = {
            i: (Whole(n) if i == axis else None, i) for i, n in enumerate(x.shape) if i
        }
        return x.through(x.shape, reads)

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"dim": self.dim}
