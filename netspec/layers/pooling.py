"""Pooling: windows without weights."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow import Flow
from netspec.layers.base import Paddings, PerAxis, Sizes, SizesOrNone, Stateless
from netspec.window import Adaptive, Strided, Whole


class Pool(Stateless):
    """A window that slides over each channel by itself."""

    kernel_size: Sizes = Field(description="positions of the window, one number or one per axis")
    stride: SizesOrNone = Field(
        default=None, description="positions between neighbouring windows; the kernel size if null"
    )
    padding: Paddings = Field(default=0, description="positions added on both sides")

    def slide(self, x: Flow, dilation: tuple[int, ...], ceil: bool) -> Flow:
        """The flow after the window on every spatial axis."""
        self.needs_spatial(x.shape)
        windows = []
        steps = self.stride or self.kernel_size
        for k, s, p, d in zip(self.kernel_size, steps, self.padding, dilation, strict=True):
            if 2 * p > d * (k - 1) + 1:
                raise Fault(
                    "padding-too-large",
                    f"padding {p} is more than half the window of {d * (k - 1) + 1}",
                    f"padding {(d * (k - 1) + 1) // 2} at most, as in torch",
                    ("padding",),
                )
            windows.append(Strided(k, s, d, p, p, ceil))
        return x.spatial(x.shape[0], windows)


class MaxPool(Pool, kinds=("MaxPool1d", "MaxPool2d", "MaxPool3d")):
    """Largest value of each window, (C, *spatial) to (C, *spatial).

    ```yaml
    - MaxPool2d: 2
    ```
    """

    dilation: Sizes = Field(default=1, description="positions between the taps of a window")
    return_indices: bool = Field(default=False, description="refused: a sequence passes one tensor")
    ceil_mode: bool = Field(default=False, description="whether a last partial window counts")

    def run(self, x: Flow) -> Flow:
        if self.return_indices:
            raise Fault(
                "returns-two",
                f"{self.kind} with return_indices gives two tensors, and the next layer takes one",
                "leave return_indices out",
                ("return_indices",),
            )
        return self.slide(x, self.dilation, self.ceil_mode)


class AvgPool1d(Pool, kinds=("AvgPool1d",)):
    """Mean of each window, (C, L) to (C, L).

    ```yaml
    - AvgPool1d: {kernel_size: 3, stride: 2, padding: 1}
    ```
    """

    ceil_mode: bool = Field(default=False, description="whether a last partial window counts")
    count_include_pad: bool = Field(default=True, description="whether padding counts in the mean")

    def run(self, x: Flow) -> Flow:
        return self.slide(x, (1,) * self.rank, self.ceil_mode)


class AvgPool(AvgPool1d, kinds=("AvgPool2d", "AvgPool3d")):
    """Mean of each window, (C, *spatial) to (C, *spatial).

    ```yaml
    - AvgPool2d: 2
    ```
    """

    divisor_override: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="what sums are divided by instead of the window's size"
    )


class AdaptivePool(
    Stateless,
    kinds=tuple(f"Adaptive{what}Pool{rank}d" for what in ("Avg", "Max") for rank in (1, 2, 3)),
):
    """Mean or maximum over as many windows as the output has positions.

    ```yaml
    - AdaptiveAvgPool2d: 1
    ```
    """

    output_size: Annotated[tuple[int | None, ...], PerAxis(1, null=True, gaps=True)] = Field(
        description="positions of the output, one number or one per axis; null keeps the input's"
    )

    def run(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        wanted = self.output_size or (None,) * self.rank
        sizes = [n if m is None else m for m, n in zip(wanted, x.shape[1:], strict=True)]
        windows = [
            Whole() if m == 1 else Adaptive(n, m) for m, n in zip(sizes, x.shape[1:], strict=True)
        ]
        return x.spatial(x.shape[0], windows)
