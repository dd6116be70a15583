"""Pooling: windows without weights."""

from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided
from netspec.layers import roles
from netspec.layers.arguments import NoIndices, Paddings, Sizes, SizesOrNone, spread
from netspec.layers.base import Stateless
from netspec.layers.saved import INPUT, Saved


class _Sliding(Stateless):
    """A window that slides over each channel by itself."""

    kernel_size: Sizes = Field(description="positions of the window, one number or one per axis")
    stride: SizesOrNone = Field(
        default=None, description="positions between neighbouring windows; the kernel size if null"
    )
    padding: Paddings = spread(0, "positions added on both sides")

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        return x.slid(self.windows(x.shape))

    def windows(self, x: Shape) -> list[Strided]:
        return self.sliding((1,) * self.rank, ceil=False)

    def sliding(self, dilation: tuple[int, ...], ceil: bool) -> list[Strided]:
        """The window of each spatial axis."""
        windows = []
        steps = self.stride or self.kernel_size
        for k, s, p, d in zip(self.kernel_size, steps, self.padding, dilation, strict=True):
            if 2 * p > k:
                raise Fault(
                    "padding-too-large",
                    f"padding {p} is more than half the kernel of {k}",
                    f"padding {k // 2} at most, as in torch, whatever the dilation",
                    ("padding",),
                )
            windows.append(Strided(k, s, d, p, p, ceil))
        return windows

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT


class MaxPool(_Sliding, kinds=("MaxPool1d", "MaxPool2d", "MaxPool3d"), role=roles.Pool("max")):
    """Largest value of each window, (C, *spatial) to (C, *spatial).

    A spatial axis of n positions becomes one of
    `(n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1`; ceil_mode rounds up, but
    for a window that would begin behind the input.

    ```yaml
    - MaxPool2d: 2
    ```
    """

    dilation: Sizes = spread(1, "positions between the taps of a window")
    return_indices: NoIndices = Field(default=False, description="only false, for one tensor")
    ceil_mode: bool = Field(default=False, description="whether a last partial window counts")

    def windows(self, x: Shape) -> list[Strided]:
        return self.sliding(self.dilation, self.ceil_mode)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return Saved(input=True, sample=8 * y.numel)


def needs_kernel(kernel: tuple[int, ...], x: Shape) -> None:
    """Refuse an input smaller than the kernel, as torch's 3d averages do whatever the padding."""
    for k, n in zip(kernel, x[1:], strict=True):
        if k > n:
            raise Fault(
                "window-too-large", f"window of {k} does not fit an input of {n}",
                "a smaller kernel_size; in 3d torch wants it to fit without padding",
                ("kernel_size",),
            )  # fmt: skip


class AvgPool1d(_Sliding, kinds=("AvgPool1d",), role=roles.Pool("mean")):
    """Mean of each window, (C, L) to (C, L).

    A spatial axis of n positions becomes one of `(n + 2 * padding - kernel_size) // stride + 1`;
    ceil_mode rounds up, but for a window that would begin behind the input.

    ```yaml
    - AvgPool1d: {kernel_size: 3, stride: 2, padding: 1}
    ```
    """

    ceil_mode: bool = Field(default=False, description="whether a last partial window counts")
    count_include_pad: bool = Field(default=True, description="whether padding counts in the mean")

    def windows(self, x: Shape) -> list[Strided]:
        if self.rank == 3:
            needs_kernel(self.kernel_size, x)
        return self.sliding((1,) * self.rank, self.ceil_mode)


class AvgPool(AvgPool1d, kinds=("AvgPool2d", "AvgPool3d"), role=roles.Pool("mean")):
    """Mean of each window, (C, *spatial) to (C, *spatial).

    A spatial axis of n positions becomes one of `(n + 2 * padding - kernel_size) // stride + 1`,
    and ceil_mode rounds up as it does in one dimension.

    ```yaml
    - AvgPool2d: 2
    ```
    """

    divisor_override: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="what sums are divided by instead of the window's size"
    )
