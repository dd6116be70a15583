"""Normalization over the space of one sample."""

from math import prod
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Eps, PositiveInt
from netspec.layers.base import Leaf, Value, shape_text
from netspec.layers.normalization import Tracking
from netspec.layers.releases import Release
from netspec.layers.saved import Saved


class InstanceNorm(
    Tracking,
    kinds=("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"),
    role=roles.Norm("instance", centres=True),
):
    """Normalization of each channel over its own positions, a shape to itself.

    Ulyanov et al., Instance Normalization, 2016, https://arxiv.org/abs/1607.08022

    ```yaml
    - InstanceNorm2d: {affine: true}
    ```
    """

    momentum: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.1, description="share of a batch in the running statistics"
    )
    affine: bool = Field(default=False, description="whether to learn a scale and a shift")
    track_running_stats: bool = Field(default=False, description="whether to keep statistics")

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        if prod(x.shape[1:]) == 1:
            raise Fault(
                "one-position",
                f"{self.kind} over the one position of {shape_text(x.shape)} gives zeros",
                "leave it out, as torch refuses to train it",
            )
        return x if self.track_running_stats else x.in_context(1)

    def saves(self, x: Flow, y: Flow) -> Saved:
        # torch folds samples into channels, and repeats weights and statistics for each.
        repeated = 2 + self.affine + 2 * self.track_running_stats
        return Saved(input=True, sample=4 * repeated * x.shape[0])


class GroupNorm(Leaf, kinds=("GroupNorm",), role=roles.Norm("group", centres=True)):
    """Normalization of groups of channels over all positions, a shape to itself.

    Wu and He, Group Normalization, 2018, https://arxiv.org/abs/1803.08494

    ```yaml
    - GroupNorm: 1
    ```
    """

    infers = "num_channels", 1
    newer: ClassVar[dict[str, Release]] = {"bias": (2, 12)}
    num_groups: PositiveInt = Field(description="groups that the channels are cut into")
    eps: Eps = Field(default=1e-5, description="added to the variance")
    affine: bool = Field(default=True, description="whether to learn a scale and a shift")
    bias: bool = Field(default=True, description="whether the learnt part has a shift; torch 2.12")

    def flow(self, x: Flow) -> Flow:
        if x.shape[0] % self.num_groups:
            raise Fault(
                "groups-do-not-divide",
                f"num_groups {self.num_groups} do not divide {x.shape[0]} channels",
                "num_groups must divide the channels",
                ("num_groups",),
            )
        if x.numel == self.num_groups:
            raise Fault(
                "one-position",
                f"each of {self.num_groups} groups of {shape_text(x.shape)} has one number",
                "fewer groups",
                ("num_groups",),
            )
        return x.in_context(0)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, sample=8 * self.num_groups)

    def weights(self, x: Shape) -> dict[str, Shape]:
        weight = {"weight": x[:1]} if self.affine else {}
        return weight | {"bias": x[:1]} if self.affine and self.bias else weight

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"num_channels": x[0]}
