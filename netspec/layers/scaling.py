"""Factors and summands, constant or learnt."""

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Numbers, sample_axis
from netspec.layers.base import OWN, Elementwise, Leaf, Value, shape_text
from netspec.layers.saved import INPUT, NOTHING, Saved


class Affine(Elementwise, kinds=("Affine",), role=roles.Rescale()):
    """x * scale + shift with constants, a shape to itself.

    One number for all, or a list of as many as axis `dim` is long. They are no weights, and not in
    the state_dict: the spec has them.

    ```yaml
    - Affine: {scale: 2.0, shift: -1.0}
    ```
    """

    module: ClassVar[str] = OWN
    scale: Annotated[float | tuple[float, ...], Numbers()] = Field(
        default=1.0, description="the factor, or one for each position along dim"
    )
    shift: Annotated[float | tuple[float, ...], Numbers()] = Field(
        default=0.0, description="what is added, or one number for each position along dim"
    )
    dim: int = Field(default=0, description="axis of a sample, the channels counted as 0")

    def flow(self, x: Flow) -> Flow:
        axis = sample_axis(self.dim, x.shape, "dim")
        for name, value in ("scale", self.scale), ("shift", self.shift):
            if isinstance(value, tuple) and len(value) != x.shape[axis]:
                raise Fault(
                    "wrong-length",
                    f"{name} has {len(value)} numbers, and axis {axis} of {shape_text(x.shape)} "
                    f"is {x.shape[axis]} long",
                    "a number alone, without a list, is for all", (name,),
                )  # fmt: skip
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class Scale(Leaf, kinds=("Scale",), role=roles.Rescale()):
    """x times a learnt factor for each channel, a shape to itself: layer scale.

    Touvron et al., Going Deeper with Image Transformers, 2021, https://arxiv.org/abs/2103.17239

    ```yaml
    - Scale: 1.0e-6
    ```
    """

    module: ClassVar[str] = OWN
    infers = "num_features", 0
    init: float = Field(default=1.0, description="the factors to begin with")
    dim: int = Field(default=0, description="axis of a sample with a factor for each position")

    def flow(self, x: Flow) -> Flow:
        sample_axis(self.dim, x.shape, "dim")
        return x

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {"weight": (x[sample_axis(self.dim, x, "dim")],)}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"num_features": x[sample_axis(self.dim, x, "dim")]}
