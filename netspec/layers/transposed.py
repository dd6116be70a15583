"""Transposed convolutions."""

from math import gcd, prod
from typing import Literal, NamedTuple

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Window, clip
from netspec.layers import roles
from netspec.layers.arguments import Paddings, PositiveInt, Sizes, needs_groups, spread
from netspec.layers.base import Leaf, Value
from netspec.layers.saved import INPUT, Saved


class _Transposed(NamedTuple):
    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: int = 0
    output_padding: int = 0


class Transposed(_Transposed, Window):
    """Unit `o` reads the positions that spread a weight onto it.

    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016.
    """

    __slots__ = ()

    def length(self, n: int) -> int:
        extent = self.dilation * (self.kernel - 1) + 1
        count = (n - 1) * self.stride - 2 * self.padding + extent + self.output_padding
        if count < 1:
            raise Fault(
                "window-too-large",
                f"padding {self.padding} leaves nothing of a transposed convolution over {n}",
                "less padding, or a larger kernel",
                ("padding",),
            )
        return count

    def taps(self, o: int) -> range:
        # Tap i writes from (at - i * dilation) / stride, where that is a whole number.
        at, common = o + self.padding, gcd(self.dilation, self.stride)
        turn = self.stride // common
        if at % common:
            return range(0)
        i = at // common * pow(self.dilation // common, -1, turn) % turn
        if i >= self.kernel:
            return range(0)
        i += (self.kernel - 1 - i) // turn * turn
        lowest = (at - i * self.dilation) // self.stride
        step = self.dilation // common
        return range(lowest, lowest + i // turn * step + 1, step)

    def places(self, o: int, n: int) -> range:
        return clip(self.taps(o), n)

    def pattern(self, n: int) -> tuple[int, int]:
        return self.stride, 1


class ConvTranspose(
    Leaf,
    kinds=("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
    role=roles.Map("out_channels", axis=0),
):
    """A convolution's way back, (C, *spatial) to (out_channels, *spatial).

    A spatial axis of n positions becomes one of
    `(n - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.

    ```yaml
    - ConvTranspose2d: {out_channels: 8, kernel_size: 2, stride: 2}
    ```
    """

    infers = "in_channels", 0
    out_channels: PositiveInt = Field(description="channels of the output")
    kernel_size: Sizes = Field(description="taps of the window, one number or one per axis")
    stride: Sizes = spread(1, "positions between what neighbours write")
    padding: Paddings = spread(0, "positions cut off on both sides")
    output_padding: Paddings = spread(0, "positions added at the end")
    groups: PositiveInt = Field(default=1, description="groups of channels convolved by themselves")
    bias: bool = Field(default=True, description="whether to add a learnable number per channel")
    dilation: Sizes = spread(1, "positions between the taps of a window")
    padding_mode: Literal["zeros"] = Field(default="zeros", description="zeros only, as in torch")

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        needs_groups(self.groups, x.shape[0], self.out_channels)
        return x.mixed(self.out_channels, self.windows(x.shape))

    def windows(self, x: Shape) -> list[Transposed]:
        windows = []
        sizes = zip(self.kernel_size, self.stride, self.dilation, self.padding,
                    self.output_padding, strict=True)  # fmt: skip
        for k, s, d, p, more in sizes:
            if more >= max(s, d):
                raise Fault(
                    "padding-too-large",
                    f"output_padding {more} must be smaller than stride {s} or dilation {d}",
                    f"output_padding {max(s, d) - 1} at most, as in torch",
                    ("output_padding",),
                )
            windows.append(Transposed(k, s, d, p, more))
        return windows

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT

    def weights(self, x: Shape) -> dict[str, Shape]:
        weight = {"weight": (x[0], self.out_channels // self.groups, *self.kernel_size)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def macs(self, x: Shape, y: Shape) -> int:
        return prod(x) * self.out_channels // self.groups * prod(self.kernel_size)

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"in_channels": x[0]}
