"""Normalization over a batch, and over each sample's channels in its manner."""

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.layers import roles
from netspec.layers.arguments import Eps
from netspec.layers.base import Leaf, Value, shape_text
from netspec.layers.releases import Release
from netspec.layers.saved import Saved


class Tracking(Leaf):
    """Normalization of channels that may learn a scale and shift, and keep running statistics."""

    infers = "num_features", 0
    newer: ClassVar[dict[str, Release]] = {"bias": (2, 12)}
    eps: Eps = Field(default=1e-5, description="added to the variance")
    momentum: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=0.1, description="share of a batch in the running statistics; null: plain mean"
    )
    affine: bool = Field(default=True, description="whether to learn a scale and a shift")
    track_running_stats: bool = Field(default=True, description="whether to keep statistics")
    bias: bool = Field(default=True, description="whether the learnt part has a shift; torch 2.12")

    def weights(self, x: Shape) -> dict[str, Shape]:
        weight = {"weight": x[:1]} if self.affine else {}
        return weight | {"bias": x[:1]} if self.affine and self.bias else weight

    def buffers(self, x: Shape) -> dict[str, Shape]:
        if not self.track_running_stats:
            return {}
        return {"running_mean": x[:1], "running_var": x[:1], "num_batches_tracked": ()}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"num_features": x[0]}


class BatchNorm(
    Tracking,
    kinds=("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"),
    role=roles.Norm("batch", centres=True),
):
    """Batch normalization, a shape to itself.

    Ioffe and Szegedy, Batch Normalization, 2015, https://arxiv.org/abs/1502.03167

    ```yaml
    - BatchNorm2d
    ```
    """

    eps: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=1e-5, description="added to the variance"
    )

    def flow(self, x: Flow) -> Flow:
        if self.rank == 1 and len(x.shape) not in (1, 2):
            message = f"{self.kind} takes (C,) or (C, L), not {shape_text(x.shape)}"
            raise Fault("wrong-rank", message)
        if self.rank > 1:
            self.needs_spatial(x.shape)
        return x if self.track_running_stats else x.in_context(1)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, batch=8 * x.shape[0])
