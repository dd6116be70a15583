"""Power-average pooling."""

from typing import Annotated

from pydantic import Field

from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided
from netspec.layers import roles
from netspec.layers.arguments import Sizes, SizesOrNone
from netspec.layers.base import Stateless
from netspec.layers.pooling import needs_kernel
from netspec.layers.saved import Saved


class LPPool(Stateless, kinds=("LPPool1d", "LPPool2d", "LPPool3d"), role=roles.Pool("power")):
    """Norm of each window, (C, *spatial) to (C, *spatial).

    sum(x ** norm_type) ** (1 / norm_type); a spatial axis of n positions becomes one of
    `(n - kernel_size) // stride + 1`, which ceil_mode rounds up.

    ```yaml
    - LPPool2d: [2, 3]
    ```
    """

    norm_type: Annotated[float, Field(gt=0)] = Field(description="the power p")
    kernel_size: Sizes = Field(description="positions of the window, one number or one per axis")
    stride: SizesOrNone = Field(
        default=None, description="positions between neighbouring windows; the kernel size if null"
    )
    ceil_mode: bool = Field(default=False, description="whether a last partial window counts")

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        return x.slid(self.windows(x.shape))

    def windows(self, x: Shape) -> list[Strided]:
        if self.rank == 3:
            needs_kernel(self.kernel_size, x)
        steps = self.stride or self.kernel_size
        return [
            Strided(k, s, ceil=self.ceil_mode) for k, s in zip(self.kernel_size, steps, strict=True)
        ]

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, sample=4 * (x.numel + 4 * y.numel))
