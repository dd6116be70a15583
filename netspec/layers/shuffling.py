"""Layers that move elements between channels and space, or between channels."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Strided, Window
from netspec.layers import roles
from netspec.layers.arguments import PositiveInt
from netspec.layers.base import Stateless, shape_text
from netspec.layers.saved import NOTHING, Saved


class _Repeated(NamedTuple):
    times: int


class Repeated(_Repeated, Window):
    """Every position is read by `times` units after one another."""

    __slots__ = ()

    def length(self, n: int) -> int:
        return n * self.times

    def taps(self, o: int) -> Sequence[int]:
        return (o // self.times,)

    def pattern(self, n: int) -> tuple[int, int]:
        return self.times, 1


def _needs_image(kind: str, x: Shape) -> None:
    if len(x) != 3:
        raise Fault("wrong-rank", f"{kind} takes (C, H, W), not {shape_text(x)}")


class PixelShuffle(Stateless, kinds=("PixelShuffle",), role=roles.Move()):
    """Channels become space, (C * r * r, H, W) to (C, H * r, W * r).

    A new pixel reads what any channel does: channels count together in every receptive field.

    Shi et al., Real-Time Single Image and Video Super-Resolution, 2016,
    https://arxiv.org/abs/1609.05158

    ```yaml
    - PixelShuffle: 2
    ```
    """

    upscale_factor: PositiveInt = Field(description="the factor r")

    def flow(self, x: Flow) -> Flow:
        _needs_image(self.kind, x.shape)
        factor = self.upscale_factor
        if x.shape[0] % factor**2:
            raise Fault(
                "channels-do-not-divide",
                f"upscale_factor {factor} needs a multiple of {factor**2} channels, not "
                f"{x.shape[0]}",
                f"{-(-x.shape[0] // factor**2) * factor**2} channels would do",
                ("upscale_factor",),
            )
        return x.mixed(x.shape[0] // factor**2, self.windows(x.shape))

    def windows(self, x: Shape) -> list[Repeated]:
        return [Repeated(self.upscale_factor)] * 2

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class PixelUnshuffle(Stateless, kinds=("PixelUnshuffle",), role=roles.Move()):
    """Space becomes channels, (C, H * r, W * r) to (C * r * r, H, W).

    Channels count together in every receptive field, so each reads the whole block of r * r pixels.

    ```yaml
    - PixelUnshuffle: 2
    ```
    """

    downscale_factor: PositiveInt = Field(description="the factor r")

    def flow(self, x: Flow) -> Flow:
        _needs_image(self.kind, x.shape)
        factor = self.downscale_factor
        for n in x.shape[1:]:
            if n % factor:
                raise Fault(
                    "size-does-not-divide",
                    f"downscale_factor {factor} does not divide {n} positions",
                    at=("downscale_factor",),
                )
        return x.mixed(x.shape[0] * factor**2, self.windows(x.shape))

    def windows(self, x: Shape) -> list[Strided]:
        return [Strided(self.downscale_factor, self.downscale_factor)] * 2

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class ChannelShuffle(Stateless, kinds=("ChannelShuffle",), role=roles.Move()):
    """Deals the channels of each group out to all groups, a shape to itself.

    Zhang et al., ShuffleNet, 2017, https://arxiv.org/abs/1707.01083

    ```yaml
    - ChannelShuffle: 2
    ```
    """

    groups: PositiveInt = Field(description="groups that the channels are cut into")

    def flow(self, x: Flow) -> Flow:
        if len(x.shape) < 2:
            raise Fault("wrong-rank", f"{self.kind} takes (C, *spatial), not {shape_text(x.shape)}")
        if x.shape[0] % self.groups:
            raise Fault(
                "groups-do-not-divide",
                f"groups {self.groups} do not divide {x.shape[0]} channels",
                at=("groups",),
            )
        reads: dict[int, tuple[Window | None, int]] = {i: (None, i) for i in range(1, len(x.shape))}
        return x.through(x.shape, reads, channels=0)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING
