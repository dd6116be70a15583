"""Upsampling by interpolation."""

from typing import Annotated, Literal

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import MAX_LENGTH, Adaptive, Strided, Whole, Window
from netspec.layers import roles
from netspec.layers.arguments import Lengths, Scales
from netspec.layers.base import Stateless, shape_text
from netspec.layers.interpolation import Interpolated, NearestExact, nearest_window
from netspec.layers.saved import INPUT, NOTHING, Saved

Mode = Literal[
    "nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"
]  # fmt: skip
RANKS: dict[str, int] = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
"""Spatial axes that a mode works on; the others work on any."""


class _Resize(Stateless):
    """A new length for each spatial axis."""

    size: Annotated[int | tuple[int, ...] | None, Lengths(null=True)] = Field(
        default=None, description="length of the output, one number or one per axis"
    )
    scale_factor: Annotated[float | tuple[float, ...] | None, Scales()] = Field(
        default=None, description="instead of it, how many times as long, one or one per axis"
    )

    def flow(self, x: Flow) -> Flow:
        self.check(x.shape)
        return x.slid(self.windows(x.shape))

    def check(self, x: Shape) -> None:
        """Refuse what torch refuses."""
        if (self.size is None) == (self.scale_factor is None):
            raise Fault(
                "wrong-value", f"{self.kind} takes either size or scale_factor",
                "scale_factor: 2 doubles every axis",
            )  # fmt: skip
        rank = len(x) - 1
        for name in ("size", "scale_factor"):
            given = getattr(self, name)
            if isinstance(given, tuple) and len(given) != rank:
                raise Fault(
                    "wrong-value",
                    f"{name} has {len(given)} numbers for the {rank} spatial axes of "
                    f"{shape_text(x)}",
                    at=(name,),
                )

    def lengths(self, x: Shape) -> list[tuple[int, int, float | None]]:
        """Length, new length and factor of each spatial axis."""
        rank = len(x) - 1
        if self.size is not None:
            sizes = self.size if isinstance(self.size, tuple) else (self.size,) * rank
            return [(n, m, None) for n, m in zip(x[1:], sizes, strict=True)]
        given = self.scale_factor or 1.0
        factors = given if isinstance(given, tuple) else (given,) * rank
        found: list[tuple[int, int, float | None]] = []
        for n, factor in zip(x[1:], factors, strict=True):
            if n * factor < 1 or n * factor > MAX_LENGTH:
                raise Fault(
                    "wrong-value", f"scale_factor {factor:g} makes {n * factor:g} of {n} positions",
                    at=("scale_factor",),
                )  # fmt: skip
            found.append((n, int(n * factor), factor))
        return found

    def saves(self, x: Flow, y: Flow) -> Saved:
        return NOTHING


class Upsample(_Resize, kinds=("Upsample",), role=roles.Resample()):
    """Interpolation to another length, (C, *spatial) to (C, *spatial).

    ```yaml
    - Upsample: {scale_factor: 2, mode: bilinear}
    ```
    """

    mode: Mode = Field(default="nearest", description="how to interpolate")
    align_corners: bool | None = Field(
        default=None, description="whether the outermost centres stay; not for nearest and area"
    )
    recompute_scale_factor: bool | None = Field(
        default=None, description="whether to interpolate by the lengths rather than the factor"
    )

    def check(self, x: Shape) -> None:
        super().check(x)
        rank = len(x) - 1
        if rank not in (1, 2, 3) or RANKS.get(self.mode, rank) != rank:
            modes = [mode for mode, wanted in RANKS.items() if wanted == rank]
            takes = {1: "(C, L)", 2: "(C, H, W)", 3: "(C, D, H, W)"}.get(RANKS.get(self.mode, 0))
            raise Fault(
                "wrong-rank",
                f"mode {self.mode} takes {takes or '(C, *spatial)'}, not {shape_text(x)}",
                f"mode {' or '.join(modes)} fits" if modes else None,
                ("mode",) if modes else (),
            )
        if self.align_corners is not None and self.mode not in RANKS:
            raise Fault(
                "wrong-value", f"align_corners has no meaning with mode {self.mode}",
                f"leave it out, or take mode {', '.join(RANKS)}", ("align_corners",),
            )  # fmt: skip
        if self.recompute_scale_factor and self.size is not None:
            raise Fault(
                "wrong-value", "recompute_scale_factor has no meaning with size",
                "leave it out", ("recompute_scale_factor",),
            )  # fmt: skip

    def windows(self, x: Shape) -> list[Window]:
        return [self._window(len(x) - 1, *each) for each in self.lengths(x)]

    def _window(self, rank: int, n: int, count: int, factor: float | None) -> Window:
        if self.recompute_scale_factor:
            factor = None
        match self.mode:
            case "area":
                return Whole() if count == 1 else Adaptive(n, count)
            case "nearest":
                return nearest_window(rank, n, count, factor)
            case "nearest-exact":
                return NearestExact(n, count, factor)
        corners = bool(self.align_corners)
        cubic = self.mode == "bicubic"
        if n == count and not cubic:
            return Strided(1)
        return Interpolated(n, count, factor, 2 if cubic else 1, corners)

    def saves(self, x: Flow, y: Flow) -> Saved:
        return INPUT if self.mode == "area" and set(y.shape[1:]) != {1} else NOTHING


class UpsamplingNearest2d(_Resize, kinds=("UpsamplingNearest2d",), role=roles.Resample()):
    """Copies to another size, (C, H, W) to (C, H, W).

    ```yaml
    - UpsamplingNearest2d: {scale_factor: 2}
    ```
    """

    def check(self, x: Shape) -> None:
        self.needs_spatial(x)
        super().check(x)

    def windows(self, x: Shape) -> list[Window]:
        return [nearest_window(2, *each) for each in self.lengths(x)]


class UpsamplingBilinear2d(_Resize, kinds=("UpsamplingBilinear2d",), role=roles.Resample()):
    """Bilinear interpolation whose corners stay, (C, H, W) to (C, H, W).

    ```yaml
    - UpsamplingBilinear2d: {scale_factor: 2}
    ```
    """

    def check(self, x: Shape) -> None:
        self.needs_spatial(x)
        super().check(x)

    def windows(self, x: Shape) -> list[Window]:
        return [
            Strided(1) if n == count else Interpolated(n, count, factor, 1, True)
            for n, count, factor in self.lengths(x)
        ]
