"""Axes in another order."""

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.flow.window import Window
from netspec.layers import roles
from netspec.layers.arguments import Order
from netspec.layers.base import OWN, Stateless, shape_text
from netspec.layers.saved import NOTHING, Saved


class Permute(Stateless, kinds=("Permute",), role=roles.Move()):
    """The same elements with their axes in another order: (C, H, W) to (H, W, C) with [1, 2, 0].

    Axes only get other places: units, channels and receptive fields are those of before.

    ```yaml
    - Permute: [1, 0]
    ```
    """

    module: ClassVar[str] = OWN
    whole = "dims"
    dims: Annotated[tuple[int, ...], Order()] = Field(
        description="axes of a sample in their new order, the first counted as 0"
    )

    def flow(self, x: Flow) -> Flow:
        dims, axes = self.dims, list(range(len(x.shape)))
        if sorted(dims) != axes:
            raise Fault(
                "wrong-dim",
                f"dims {list(dims)} do not name each axis of {shape_text(x.shape)} once",
                f"the order of {axes}",
                ("dims",),
            )
        reads: dict[int, tuple[Window | None, int]] = {old: (None, i) for i, old in enumerate(dims)}
        shape = tuple(x.shape[old] for old in dims)
        return x.through(shape, reads, dims.index(x.channels))

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING
