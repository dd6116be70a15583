"""The drawing of a network as a PNG file, on white; matplotlib paints it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, NetspecError
from netspec.render import web
from netspec.render.drawing.part import SHOWN
from netspec.render.drawing.shapes import Shape, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALE = 2
"""Pixels for each of the drawing's own."""
MOST = 2**15
"""Pixels that a side may have."""
# A class with the colours of its inside and its edge, by their names in web/drawing.css.
_AREAS = {
    "paper": ("paper", None), "frame": ("frame", "edge"), "box": ("box", "edge"),
    "join": ("box", "line"), "bar0": ("a", None), "bar1": ("b", None), "bar2": ("c", None),
    "error": ("bad", None), "warning": ("warn", None), "note": ("a", None),
}  # fmt: skip
# Size, colour and weight.
_TEXTS = {
    "name": (15, "ink", "semibold"), "first": (11, "ink", "normal"), "small": (10, "dim", "normal"),
    "label": (10.5, "dim", "semibold"), "by": (13, "ink", "normal"),
}  # fmt: skip


def render(
    plan: Plan,
    findings: Sequence[Diagnostic] = (),
    image: str | None = None,
    boxes: int = SHOWN,
) -> bytes:
    """A PNG file of the network alone; NetspecError without matplotlib, or where it is too high."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        way = "pip install 'netspec[train]', or --format svg"
        raise NetspecError("a PNG file needs matplotlib", way) from None
    # A cache folder that cannot be written is no matter here.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    drawn = sheet(plan, findings, boxes)
    if SCALE * max(drawn.width, drawn.height) > MOST:
        size = f"{SCALE * drawn.width:,.0f} x {SCALE * drawn.height:,.0f} pixels"
        raise NetspecError(f"a PNG file of {size} is over the limit of {MOST:,}", "--format svg")
    colors = dict(re.findall(r"--ns-(\w+):(#\w+)", web.text(["drawing.css"]).partition("\n")[0]))
    figure = Figure(figsize=(drawn.width / 100, drawn.height / 100), dpi=100 * SCALE)
    axes: Any = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, drawn.width)
    axes.set_ylim(drawn.height, 0)
    for order, shape in enumerate(drawn.shapes):
        _paint(axes, shape, colors, order)
    file = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _paint(axes: Axes, shape: Shape, colors: dict[str, str], order: int) -> None:
    from matplotlib.patches import Circle, PathPatch, Rectangle
    from matplotlib.path import Path

    x, y = shape.x, shape.y
    if shape.tag == "text":
        size, color, weight = _TEXTS[shape.look]
        # A dollar is no mathematics here.
        axes.text(x, y, shape.text, size=size * 0.72, color=colors[color], weight=weight,
                  ha="center" if shape.look == "by" else "left", va="baseline", zorder=order,
                  parse_math=False, family="DejaVu Sans")  # fmt: skip
        return
    if shape.tag == "path":
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.text)]
        curved = "C" in shape.text
        points = numbers if curved else [*numbers[:2], numbers[0], numbers[2]]
        places = [(a + x, b + y) for a, b in zip(points[::2], points[1::2], strict=True)]
        codes = [Path.MOVETO, *[Path.CURVE4 if curved else Path.LINETO] * (len(places) - 1)]
        color = colors[shape.look]
        axes.add_patch(PathPatch(Path(places, codes), fc="none", ec=color, lw=1, zorder=order))
        return
    inside, edge = _AREAS[shape.look]
    look: dict[str, Any] = {"fc": colors[inside], "ec": colors[edge] if edge else "none"}
    look |= {"lw": 0.7, "zorder": order}
    if shape.tag == "circle":
        axes.add_patch(Circle((x, y), shape.width, **look))
    else:
        axes.add_patch(Rectangle((x, y), shape.width, shape.height, **look))
