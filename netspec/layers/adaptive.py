"""Pooling to a given number of windows."""

from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Adaptive, Whole
from netspec.layers import roles
from netspec.layers.arguments import NoIndices, PerAxis
from netspec.layers.base import Stateless
from netspec.layers.saved import INPUT, NOTHING, Saved


class AdaptiveAvgPool(
    Stateless,
    kinds=("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
    role=roles.Pool("mean"),
):
    """Mean of as many windows as the output has positions, (C, *spatial) to (C, *output_size).

    A spatial axis of n positions becomes one of `output_size`, and unit i is over the positions
    from `i * n // output_size` to before `-(-(i + 1) * n // output_size)`.

    ```yaml
    - AdaptiveAvgPool2d: 1
    ```
    """

    output_size: Annotated[tuple[int | None, ...], PerAxis(1, gaps=True)] = Field(
        description="positions of the output, one number or a list; null in it keeps the input's"
    )

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        if self.output_size == (None,):
            raise Fault("wrong-value", f"{self.kind} takes no null, as in torch", "write Identity",
                        ("output_size",))  # fmt: skip
        return x.slid(self.windows(x.shape))

    def windows(self, x: Shape) -> list[Whole | Adaptive]:
        sizes = zip(self.output_size, x[1:], strict=True)
        return [Whole() if m == 1 else Adaptive(n, n if m is None else m) for m, n in sizes]

    def saves(self, x: Flow, y: Flow) -> Saved:
        # torch takes a mean where there is one window, and that needs nothing.
        return NOTHING if set(y.shape[1:]) == {1} else INPUT


class AdaptiveMaxPool(
    AdaptiveAvgPool,
    kinds=("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"),
    role=roles.Pool("max"),
):
    """Largest value of as many windows as the output has positions.

    A spatial axis of n positions becomes one of `output_size`, with AdaptiveAvgPool's windows.

    ```yaml
    - AdaptiveMaxPool2d: [[2, 3]]
    ```
    """

    return_indices: NoIndices = Field(default=False, description="only false, for one tensor")

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, sample=8 * y.numel)
