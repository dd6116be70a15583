"""The way back from Flatten."""

from math import prod
from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided, Window
from netspec.layers import roles
from netspec.layers.arguments import Lengths, axis_of
from netspec.layers.base import Stateless, shape_text
from netspec.layers.saved import NOTHING, Saved


class Unflatten(Stateless, kinds=("Unflatten",), role=roles.Move()):
    """Cuts an axis into several, (F,) to (C, *spatial).

    Of a spatial axis the first part tells units apart; those behind it count together in every
    receptive field, as channels do.

    ```yaml
    - Unflatten: [1, [3, 4, 4]]
    ```
    """

    dim: int = Field(description="axis to cut, the batch axis counted as 0")
    unflattened_size: Annotated[tuple[int, ...], Lengths(-1, alone=False)] = Field(
        description="its new lengths; one of them may be -1, for what is left"
    )

    def flow(self, x: Flow) -> Flow:
        axis = axis_of(self.dim, x.shape, "dim")
        sizes = self._sizes(x.shape[axis])
        more = len(sizes) - 1
        reads: dict[int, tuple[Window | None, int]] = {
            i: (None, i if i < axis else i + more) for i in range(len(x.shape)) if i != axis
        }
        if axis != x.channels:
            # The first new axis that is more than one long picks the unit, and the axes behind it
            # count as channels do: what a unit reads is their union.
            first = next((i for i, size in enumerate(sizes) if size > 1), 0)
            block = prod(sizes[first + 1 :])
            reads[axis] = (Strided(block, block) if block > 1 else None, axis + first)
        channels = x.channels if x.channels <= axis else x.channels + more
        return x.through((*x.shape[:axis], *sizes, *x.shape[axis + 1 :]), reads, channels)

    def _sizes(self, n: int) -> Shape:
        sizes = self.unflattened_size
        known = prod(size for size in sizes if size != -1)
        if 0 not in sizes and sizes.count(-1) == 1 and n % known == 0:
            sizes = tuple(n // known if size == -1 else size for size in sizes)
        if min(sizes) < 1 or prod(sizes) != n:
            raise Fault(
                "wrong-value",
                f"unflattened_size {shape_text(self.unflattened_size)} does not make {n}",
                at=("unflattened_size",),
            )
        return sizes

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING

    def passes(self, x: Shape, training: bool = True) -> bool:
        return True
