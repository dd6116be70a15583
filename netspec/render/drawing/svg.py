"""The drawing of a network as an SVG file, light or dark as the page around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape as markup

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.layers.base import shape_text
from netspec.render import web
from netspec.render.drawing.layout import DOT, WIDTH, Box
from netspec.render.drawing.part import Part
from netspec.render.drawing.picture import COSTS, SYMBOLS, Picture, cut, part_words
from netspec.render.safe import escape

MARGIN = 12
HEAD, FOOT = 40, 26
"""Above the drawing for its title, and below for what the bars mean."""
BAR, LONG = 4, 44
"""Height of a bar and its greatest length."""


def render(plan: Plan, findings: Sequence[Diagnostic] = ()) -> str:
    """An SVG document."""
    drawn = Picture(plan, findings)
    layout, totals = drawn.layout, plan.totals
    width = max(layout.width, 320) + 2 * MARGIN
    height = layout.height + HEAD + FOOT + 2 * MARGIN
    shapes = f"{shape_text(plan.input)} to {shape_text(plan.output)}"
    facts = f"{shapes}, {totals.params:,} parameters, {totals.macs:,} MACs"
    name = markup(escape(plan.name))
    left = (width - layout.width) / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}">',
        f"<title>{name}</title><desc>{facts}</desc>",
        f"<style>{web.text(['drawing.css'])}</style>",
        f'<rect class="ns-paper" width="{width:g}" height="{height:g}" rx="6"/>',
        f'<text class="ns-name" x="{MARGIN}" y="{MARGIN + 13}">{name}</text>',
        f'<text class="ns-small" x="{MARGIN}" y="{MARGIN + 29}">{facts}</text>',
        f'<g transform="translate({left:g} {MARGIN + HEAD})">',
        *inside(drawn),
        "</g>",
        *_legend(MARGIN, height - MARGIN - 8),
        "</svg>\n",
    ]
    return "\n".join(lines)


def inside(drawn: Picture) -> Iterator[str]:
    """Elements of frames, lines, joins and boxes, from the drawing's own corner."""
    for frame in drawn.layout.frames:
        yield (
            f'<rect class="ns-frame" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}" '
            f'height="{frame.height:g}" rx="5"/>'
            f'<text class="ns-label" x="{frame.x + 8:g}" y="{frame.y + 14:g}">'
            f"{markup(part_words(frame.part).first)}</text>"
        )
    yield f'<path class="ns-line" d="{"".join(drawn.layout.lines)}"/>'
    for name in drawn.layout.names:
        told = markup(cut(escape(name.text), 12))
        yield f'<text class="ns-label" x="{name.x:g}" y="{name.y:g}">{told}</text>'
    for x, y, by in drawn.layout.joins:
        yield (
            f'<g><title>{by}</title><circle class="ns-join" cx="{x:g}" cy="{y:g}" r="{DOT}"/>'
            f'<text class="ns-by" x="{x:g}" y="{y + 4.5:g}">{SYMBOLS[by]}</text></g>'
        )
    for box in drawn.layout.boxes:
        yield "".join(_box(drawn, box))


def _box(drawn: Picture, box: Box) -> Iterator[str]:
    first, second, whole = map(markup, drawn.words(box))
    folded = isinstance(box.item, Part)
    yield f'<g transform="translate({box.x:g} {box.y:g})"><title>{whole}</title>'
    if folded:
        yield f'<rect class="ns-box" x="3" y="3" width="{WIDTH}" height="{box.height}" rx="3"/>'
    yield f'<rect class="ns-box" width="{WIDTH}" height="{box.height}" rx="3"/>'
    yield f'<text class="ns-first" x="7" y="14">{first}</text>'
    if second:
        yield f'<text class="ns-small" x="7" y="27">{second}</text>'
    top = (box.height - 3 * BAR - 4) / 2
    for i, (cost, most) in enumerate(zip(drawn.cost(box), drawn.most, strict=True)):
        if cost:
            yield (
                f'<rect class="ns-bar{i}" x="{WIDTH - LONG - 6}" y="{top + 6 * i:g}" '
                f'width="{max(0.5, LONG * cost / most):.4g}" height="{BAR}"/>'
            )
    if mark := drawn.mark(box):
        yield f'<circle class="ns-{mark}" cx="{WIDTH}" cy="0" r="4.5"/>'
    yield "</g>"


def _legend(x: float, y: float) -> Iterator[str]:
    for i, cost in enumerate(COSTS):
        yield f'<rect class="ns-bar{i}" x="{x:g}" y="{y - 8:g}" width="14" height="8"/>'
        yield f'<text class="ns-small" x="{x + 18:g}" y="{y:g}">{cost}</text>'
        x += 34 + 6 * len(cost)
