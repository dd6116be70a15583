"""Activations of one element. https://docs.pytorch.org/docs/stable/nn.html has the formulas."""

from typing import ClassVar

from pydantic import Field

from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Elementwise
from netspec.layers.saved import INPUT, OUTPUT, Saved


class Plain(
    Elementwise,
    kinds=("Sigmoid", "Tanh", "Softsign", "Tanhshrink", "LogSigmoid"),
    role=roles.Activation(),
):
    """A function of each element, a shape to itself.

    ```yaml
    - Sigmoid
    ```
    """

    def saves(self, x: Flow, y: Flow) -> Saved:
        match self.kind:
            case "Sigmoid" | "Tanh":
                return OUTPUT
            case "Tanhshrink":
                return Saved(sample=4 * x.numel)
            case "LogSigmoid":
                return Saved(input=True, sample=4 * x.numel)
        return Saved(input=True, sample=4 * x.numel)


class Activation(
    Elementwise,
    kinds=("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish"),
    role=roles.Activation(),
):
    """A function of each element, a shape to itself.

    ```yaml
    - ReLU
    ```
    """

    inplace: bool = Field(default=False, description="whether to overwrite the input")
    keeps_result: ClassVar[frozenset[str]] = frozenset({"ReLU", "SELU"})

    def saves(self, x: Flow, y: Flow) -> Saved:
        if not self.inplace:
            return OUTPUT if self.kind == "ReLU" else INPUT
        # Where it cannot go back from the result, torch keeps a copy of the input.
        return OUTPUT if self.kind in self.keeps_result else Saved(sample=4 * x.numel)
