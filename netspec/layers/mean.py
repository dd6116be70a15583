"""Means over whole axes."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided, Whole, Window
from netspec.layers import roles
from netspec.layers.arguments import ANY, Lengths, sample_axis, without
from netspec.layers.base import OWN, Stateless
from netspec.layers.saved import NOTHING, Saved


class Mean(Stateless, kinds=("Mean",), role=roles.Pool("mean")):
    """Mean over axes, which go: (C, H, W) to (C,) with `dim` [1, 2].

    Where that makes a spatial axis the first one, it counts as channels do from then on.

    ```yaml
    - Mean: {dim: [1, 2]}
    ```
    """

    module: ClassVar[str] = OWN
    dim: Annotated[int | tuple[int, ...], Lengths(ANY)] = Field(
        description="axes of a sample, one or a list, the channels counted as 0"
    )
    keepdim: bool = Field(default=False, description="whether they stay, with one position each")

    def flow(self, x: Flow) -> Flow:
        axes = self._axes(x.shape)
        shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
        reads: dict[int, tuple[Window | None, int]] = {
            i: (Whole() if i in axes else None, i) for i in range(len(shape))
        }
        y = x.through(shape, reads)
        return y if self.keepdim else without(y, axes, self.kind)

    def windows(self, x: Shape) -> Sequence[Window]:
        axes = self._axes(x)
        if not self.keepdim:
            return ()
        return [Whole() if i in axes else Strided(1) for i in range(1, len(x))]

    def _axes(self, x: Shape) -> set[int]:
        dims = self.dim if isinstance(self.dim, tuple) else (self.dim,)
        axes = [sample_axis(dim, x, "dim") for dim in dims]
        if len(set(axes)) < len(axes):
            raise Fault("wrong-dim", f"dim {list(dims)} names an axis twice", at=("dim",))
        return set(axes)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING
