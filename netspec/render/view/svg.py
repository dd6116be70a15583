"""The drawing of a network as an SVG document, light or dark as what is around it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as markup
from itertools import groupby

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.render import web
from netspec.render.drawing.part import SHOWN
from netspec.render.drawing.shapes import Shape, sheet

ROUND = {"paper": 6, "frame": 5, "box": 3}
"""Corners that are no corners."""


def render(
    plan: Plan,
    findings: Sequence[Diagnostic] = (),
    image: str | None = None,
    boxes: int = SHOWN,
) -> bytes:
    """An SVG document of the network alone; a picture of its input has no place in it."""
    drawn = sheet(plan, findings, boxes)
    size = f"{drawn.width:g} {drawn.height:g}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{drawn.width:g}" '
        f'height="{drawn.height:g}" viewBox="0 0 {size}">',
        f"<title>{markup(drawn.title)}</title>\n<desc>{markup(drawn.facts)}</desc>",
        f"<style>\n{web.text(['drawing.css'])}</style>",
    ]
    for tag, alike in groupby(drawn.shapes, lambda shape: shape.tag):
        shapes = list(alike)
        lines += [_paths(shapes)] if tag == "path" else map(_element, shapes)
    return "\n".join([*lines, "</svg>\n"]).encode()


def _paths(shapes: Sequence[Shape]) -> str:
    first = shapes[0]
    moved = f' transform="translate({first.x:g} {first.y:g})"'
    return f'<path class="ns-{first.look}"{moved} d="{"".join(shape.text for shape in shapes)}"/>'


def _element(shape: Shape) -> str:
    x, y = f"{shape.x:g}", f"{shape.y:g}"
    if shape.tag == "text":
        return f'<text class="ns-{shape.look}" x="{x}" y="{y}">{markup(shape.text)}</text>'
    inside = f"><title>{markup(shape.title)}</title></{shape.tag}>" if shape.title else "/>"
    if shape.tag == "circle":
        at = f'cx="{x}" cy="{y}" r="{shape.width:g}"'
    else:
        at = f'x="{x}" y="{y}" width="{shape.width:g}" height="{shape.height:g}"'
        at += f' rx="{ROUND[shape.look]}"' if shape.look in ROUND else ""
    return f'<{shape.tag} class="ns-{shape.look}" {at}{inside}'
