"""The picture of effective receptive fields. matplotlib is imported where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from torch import Tensor

from netspec.disk import output
from netspec.runner.after.erf import Heat
from netspec.runner.after.pictures import _figure, _png, _short
from netspec.runs.effective import Gradient

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BOX = "#35c2ff"
_SHARE = 0.9
"""The share whose square is drawn."""

_NOTHING = 1e-3
"""The share outside of the field below which the rest of the image is left out."""

Ends = Sequence[tuple[float, float]]
"""First and last row, first and last column."""


def heat(path: Path, title: str, maps: Sequence[Heat]) -> None:
    """A column for each layer, before training above and after it below, with the exact field."""
    from matplotlib.lines import Line2D

    figure = _figure(max(2.3 * len(maps), 4.6) + 0.4, 5.8)
    grid = figure.subplots(2, len(maps), squeeze=False)
    for column, one in enumerate(maps):
        _map(grid[0, column], one, one.before, one.layer.before)
        _map(grid[1, column], one, one.after, one.layer.after)
        # A name is a stranger's text.
        head = f"{_short(one.layer.name)}\n{one.layer.kind}"
        grid[0, column].set_title(head, fontsize=9, parse_math=False)
    for axes, name in zip(grid[:, 0], ("before training", "after training"), strict=True):
        axes.set_ylabel(name, fontsize=10)
    lines = [
        Line2D([], [], color=_BOX, label="exact field of the centre unit"),
        Line2D(
            [], [], color=_BOX, linestyle=":", label=f"square with {_SHARE:.0%} of the gradient"
        ),
    ]
    figure.legend(handles=lines, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    output.write(path, _png(figure, title))


def _map(axes: Axes, one: Heat, values: Tensor, gradient: Gradient) -> None:
    from matplotlib.ticker import MaxNLocator

    heat = values.numpy()
    seen: list[tuple[float, float]] = [ends for ends in one.layer.seen if ends]
    middle = list(one.middle)
    axes.tick_params(labelsize=7)
    for ticks in (axes.xaxis, axes.yaxis):
        ticks.set_major_locator(MaxNLocator(5, integer=True))
    if heat.ndim == 1:
        heat, seen, middle = heat[None], [(0, 0), *seen], [0, *middle]
        axes.set_yticks([])
    while heat.ndim > 2:  # a volume is looked at from its first axis
        heat, seen, middle = heat.sum(0), seen[1:], middle[1:]
    # As the square root of what there is: most of it lies in a few pixels.
    axes.imshow(
        numpy.sqrt(heat / (heat.max() or 1.0)), cmap="inferno", vmin=0, vmax=1,
        interpolation="nearest", aspect="auto" if len(heat) == 1 else "equal",
    )  # fmt: skip
    if not gradient.within or len(seen) < 2:
        axes.set_xlabel("no gradient" if len(seen) == 2 else "reads nothing", fontsize=8)
        return
    side = next(within.side for within in gradient.within if within.share == _SHARE)
    _frame(axes, seen, "-")
    square = [(at - (side - 1) / 2, at + (side - 1) / 2) for at in middle]
    _frame(axes, [(0, 0), *square[1:]] if len(heat) == 1 else square, ":")
    axes.set_xlabel(f"{_SHARE:.0%} in {side} of {_sides(seen)}", fontsize=8)
    if (gradient.outside or 0) < _NOTHING:
        # The field may be a small part of the image.
        (top, bottom), (left, right) = (
            (max(low - edge, 0) - 0.5, min(high + edge, n - 1) + 0.5)
            for (low, high), n in zip(seen, heat.shape, strict=True)
            for edge in [max(2, (high - low) // 8)]
        )
        axes.set_xlim(left, right)
        axes.set_ylim(bottom, top)


def _frame(axes: Axes, ends: Ends, style: str) -> None:
    from matplotlib.patches import Rectangle

    (top, bottom), (left, right) = ends
    corner, wide, high = (left - 0.5, top - 0.5), right - left + 1, bottom - top + 1
    frame = Rectangle(corner, wide, high, fill=False, edgecolor=_BOX, linestyle=style)
    frame.set_clip_on(False)
    axes.add_patch(frame)


def _sides(ends: Ends) -> str:
    high, wide = (f"{last - first + 1:g}" for first, last in ends)
    return wide if high in (wide, "1") else f"{high} × {wide}"
