"""Convolutions."""

from math import prod
from typing import Annotated, Any, Literal

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Border, Strided
from netspec.layers import roles
from netspec.layers.arguments import PerAxis, PositiveInt, Sizes, needs_groups, spread
from netspec.layers.base import Leaf, Value
from netspec.layers.saved import INPUT, Saved


class Padding(PerAxis):
    """Also takes the names `same` and `valid`."""

    def check(self, value: Any, rank: int) -> Any:
        return value if value in ("same", "valid") else super().check(value, rank)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        either = super().__get_pydantic_json_schema__(schema, handler)["anyOf"]
        return {"anyOf": [{"enum": ["same", "valid"]}, *either]}


class Conv(Leaf, kinds=("Conv1d", "Conv2d", "Conv3d"), role=roles.Map("out_channels", axis=0)):
    """Convolution, (C, *spatial) to (out_channels, *spatial).

    A spatial axis of n positions becomes one of
    `(n + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1`; with padding same, of n.

    ```yaml
    - Conv2d: {out_channels: 8, kernel_size: 3, padding: same, bias: false}
    ```
    """

    infers = "in_channels", 0
    out_channels: PositiveInt = Field(description="channels of the output")
    kernel_size: Sizes = Field(description="taps of the window, one number or one per axis")
    stride: Sizes = spread(1, "positions between neighbouring windows")
    padding: Annotated[tuple[int, ...] | Literal["same", "valid"], Padding(0)] = spread(
        0, "positions added on both sides, or same, or valid (none)"
    )
    dilation: Sizes = spread(1, "positions between the taps of a window")
    groups: PositiveInt = Field(default=1, description="groups of channels convolved by themselves")
    bias: bool = Field(default=True, description="whether to add a learnable number per channel")
    padding_mode: Border = Field(default="zeros", description="what is read beyond the border")

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        needs_groups(self.groups, x.shape[0], self.out_channels)
        if self.padding == "same" and set(self.stride) != {1}:
            raise Fault(
                "same-with-stride",
                "padding same needs stride 1, as in torch",
                f"padding {', '.join(str((k - 1) // 2) for k in self.kernel_size)} halves evenly",
                ("padding",),
            )
        return x.mixed(self.out_channels, self.windows(x.shape))

    def windows(self, x: Shape) -> list[Strided]:
        windows = []
        for i, (k, s, d) in enumerate(
            zip(self.kernel_size, self.stride, self.dilation, strict=True)
        ):
            left, right = self._pads(i)
            if self.padding_mode != "zeros":
                self._needs_border(x[i + 1], max(left, right))
            windows.append(Strided(k, s, d, left, right, border=self.padding_mode))
        return windows

    def saves(self, x: Flow, y: Flow) -> Saved:
        # torch pads first, and keeps what it padded, where zeros on both sides would not do.
        zeros = self.padding_mode == "zeros"
        sides = [self._pads(axis) for axis in range(self.rank)]
        if zeros and all(left == right for left, right in sides):
            return INPUT
        added = [right - left if zeros else left + right for left, right in sides]
        lengths = (n + more for n, more in zip(x.shape[1:], added, strict=True))
        mirrors = self.padding_mode in ("reflect", "replicate") and x.tensor.grad
        return Saved(input=mirrors, sample=4 * x.shape[0] * prod(lengths))

    def _pads(self, axis: int) -> tuple[int, int]:
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            extra = self.dilation[axis] * (self.kernel_size[axis] - 1)
            return extra // 2, extra - extra // 2
        padding: Any = self.padding
        return padding[axis], padding[axis]

    def _needs_border(self, n: int, padding: int) -> None:
        room = n - 1 if self.padding_mode == "reflect" else n
        if padding > room and self.padding_mode != "replicate":
            raise Fault(
                "padding-too-large",
                f"{self.padding_mode} padding of {padding} needs more than the {n} positions there",
                f"padding {room} at most, or padding_mode zeros",
                ("padding",),
            )

    def weights(self, x: Shape) -> dict[str, Shape]:
        weight = {"weight": (self.out_channels, x[0] // self.groups, *self.kernel_size)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def macs(self, x: Shape, y: Shape) -> int:
        return prod(y) * x[0] // self.groups * prod(self.kernel_size)

    def inferred(self, x: Shape) -> dict[str, Value]:
        return {"in_channels": x[0]}
