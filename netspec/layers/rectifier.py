"""Rectifiers with a slope."""

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import PositiveInt
from netspec.layers.base import Elementwise, Leaf
from netspec.layers.saved import INPUT, OUTPUT, Saved


class LeakyReLU(Elementwise, kinds=("LeakyReLU",), role=roles.Activation()):
    """max(0, x) + negative_slope * min(0, x), a shape to itself.

    ```yaml
    - LeakyReLU: 0.1
    ```
    """

    negative_slope: float = Field(default=0.01, description="slope below zero")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def flow(self, x: Flow) -> Flow:
        _invertible(self, x, "negative_slope", self.negative_slope)
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return OUTPUT if self.inplace else INPUT


class ELU(Elementwise, kinds=("ELU", "CELU"), role=roles.Activation()):
    """Exponential linear unit, a shape to itself.

    ```yaml
    - ELU
    ```
    """

    alpha: float = Field(default=1.0, description="scale of the part below zero")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def flow(self, x: Flow) -> Flow:
        if self.kind == "CELU" and self.alpha == 0:
            raise Fault("wrong-value", "alpha of CELU cannot be 0", at=("alpha",))
        _invertible(self, x, "alpha", self.alpha)
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return OUTPUT if self.inplace else INPUT


class RReLU(Elementwise, kinds=("RReLU",), role=roles.Activation()):
    """Leaky rectifier with a random slope in training, a shape to itself.

    ```yaml
    - RReLU
    ```
    """

    lower: float = Field(default=1 / 8, description="least slope")
    upper: float = Field(default=1 / 3, description="greatest slope")
    inplace: bool = Field(default=False, description="whether to overwrite the input")

    def flow(self, x: Flow) -> Flow:
        if self.lower > self.upper:
            raise Fault("wrong-value", f"lower {self.lower} is above upper {self.upper}",
                        at=("lower",))  # fmt: skip
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=not self.inplace, output=self.inplace, sample=4 * x.numel)


class PReLU(Leaf, kinds=("PReLU",), role=roles.Activation()):
    """Leaky rectifier with a learnt slope, a shape to itself.

    He et al., Delving Deep into Rectifiers, 2015, https://arxiv.org/abs/1502.01852

    ```yaml
    - PReLU
    ```
    """

    num_parameters: PositiveInt = Field(default=1, description="slopes: 1, or one for each channel")
    init: float = Field(default=0.25, description="slope to begin with")

    def flow(self, x: Flow) -> Flow:
        if self.num_parameters not in (1, x.shape[0]):
            raise Fault(
                "wrong-value",
                f"num_parameters {self.num_parameters} fits neither 1 nor {x.shape[0]} channels",
                at=("num_parameters",),
            )
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0


def _invertible(layer: Elementwise, x: Flow, name: str, slope: float) -> None:
    """Refuse a slope that keeps the sign of x from being read off the result."""
    if layer.overwrites and slope < 0 and x.tensor.grad:
        raise Fault(
            "wrong-value", f"{layer.kind} in place cannot be trained with {name} {slope:g}",
            "leave inplace out", (name,),
        )  # fmt: skip
