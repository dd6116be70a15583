"""Padding and cropping."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Border, Strided, Window, Wrapped
from netspec.layers import roles
from netspec.layers.arguments import NonNegativeInt, PerSide
from netspec.layers.base import OWN, Stateless
from netspec.layers.saved import INPUT, NOTHING, Saved


class _Pads(Stateless):
    """Adds positions at both ends of each spatial axis; a negative number crops."""

    border: ClassVar[Border]
    padding: Annotated[tuple[int, ...], PerSide()] = Field(
        description="positions added, one number or two per axis, the last axis first"
    )

    def flow(self, x: Flow) -> Flow:
        self.needs_spatial(x.shape)
        return x.slid(self.windows(x.shape))

    def windows(self, x: Shape) -> Sequence[Window]:
        return [self._window(n, *self.sides(axis)) for axis, n in enumerate(x[1:])]

    def sides(self, axis: int) -> tuple[int, int]:
        """Positions added before and behind spatial axis `axis`."""
        at = 2 * (self.rank - 1 - axis)
        return self.padding[at], self.padding[at + 1]

    def _window(self, n: int, left: int, right: int) -> Window:
        kept = n - max(-left, 0) - max(-right, 0)
        # Zeros can be all there is; a mirror is at the ends of what was there before cropping.
        least = {"zeros": 0, "circular": 1}.get(self.border, kept)
        if kept < least or n + left + right < 1:
            raise Fault(
                "crop-too-large",
                f"cropping {max(-left, 0)} and {max(-right, 0)} leaves nothing of {n}",
                f"crop {n - 1} at most", ("padding",),
            )  # fmt: skip
        room = {"reflect": n - 1, "circular": kept}.get(self.border)
        if room is not None and max(left, right) > room:
            raise Fault(
                "padding-too-large",
                f"{self.border} padding of {max(left, right)} needs more than the {kept} positions "
                "there",
                f"padding {room} at most", ("padding",),
            )  # fmt: skip
        if self.border == "circular":
            return Wrapped(left, right)
        return Strided(1, left=left, right=right, border=self.border)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT if self.border in ("reflect", "replicate") else NOTHING


class ZeroPad(_Pads, kinds=("ZeroPad1d", "ZeroPad2d", "ZeroPad3d"), role=roles.Pad()):
    """Adds zeros around, (C, *spatial) to (C, *spatial).

    ```yaml
    - ZeroPad2d: [[1, 2, 0, -1]]
    ```
    """

    border = "zeros"


class ConstantPad(
    _Pads, kinds=("ConstantPad1d", "ConstantPad2d", "ConstantPad3d"), role=roles.Pad()
):
    """Adds a value around, (C, *spatial) to (C, *spatial).

    ```yaml
    - ConstantPad2d: [1, 0.5]
    ```
    """

    border = "zeros"
    value: float = Field(description="what is added")


class ReflectionPad(
    _Pads, kinds=("ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d"), role=roles.Pad()
):
    """Mirrors at the border, which is not repeated, (C, *spatial) to (C, *spatial).

    ```yaml
    - ReflectionPad2d: 2
    ```
    """

    border = "reflect"


class ReplicationPad(
    _Pads, kinds=("ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d"), role=roles.Pad()
):
    """Repeats the border, (C, *spatial) to (C, *spatial).

    ```yaml
    - ReplicationPad2d: [[2, 2, 1, 1]]
    ```
    """

    border = "replicate"


class CircularPad(
    _Pads, kinds=("CircularPad1d", "CircularPad2d", "CircularPad3d"), role=roles.Pad()
):
    """Goes on at the other end, (C, *spatial) to (C, *spatial).

    ```yaml
    - CircularPad2d: [[2, 2, 0, 0]]
    ```
    """

    border = "circular"


class ChannelPad(Stateless, kinds=("ChannelPad",), role=roles.Pad()):
    """Adds channels of zeros, (C, *spatial) to (before + C + after, *spatial).

    He et al., Deep Residual Learning, 2015, https://arxiv.org/abs/1512.03385, pad the shortcut so.

    ```yaml
    - ChannelPad: [0, 4]
    ```
    """

    module: ClassVar[str] = OWN
    before: NonNegativeInt = Field(description="channels added before the first")
    after: NonNegativeInt = Field(description="channels added behind the last")

    def flow(self, x: Flow) -> Flow:
        window = Strided(1, left=self.before, right=self.after)
        shape = (self.before + x.shape[0] + self.after, *x.shape[1:])
        reads: dict[int, tuple[Window | None, int]] = {i: (None, i) for i in range(1, len(shape))}
        return x.through(shape, reads | {0: (window, 0)})

    def windows(self, x: Shape) -> Sequence[Window]:
        return [Strided(1)] * (len(x) - 1)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING
