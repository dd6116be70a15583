"""Plans and reports as notebooks show them: HTML, whatever the words in it."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Sequence

from netspec.compiler.plan import Plan
from netspec.layers.base import shape_text
from netspec.render import snippet, summary, table
from netspec.render.safe import escape
from netspec.render.view import svg
from netspec.report import Report


def plan(network: Plan) -> str:
    """The drawing, a table of the layers, and one of the totals."""
    drawing = b64encode(svg.render(network)).decode()
    shapes = f"{shape_text(network.input)} to {shape_text(network.output)}"
    return "\n".join(
        [
            f"<p><b>{_safe(network.name)}</b>: {_safe(shapes)}</p>",
            # As an image its styles are its own.
            f'<img alt="drawing of the network" src="data:image/svg+xml;base64,{drawing}">',
            _table(table.HEAD, table.rows(network.leaves), table.ALIGN),
            _table((), list(table.facts(network)), "<<"),
        ]
    )


def report(found: Report) -> str:
    """The tables of the plan, where there is one, and the findings as a terminal shows them."""
    parts = [plan(found.plan)] if found.plan else []
    findings = [snippet.render(one, found.text, False, None) for one in found.diagnostics]
    words = "\n\n".join([*findings, summary.counts([found])])
    return "\n".join([*parts, f"<pre>{html.escape(words)}</pre>"])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    sides = ["right" if side == ">" else "left" for side in align]
    lines = [_row("th", head, sides)] if head else []
    return "\n".join(["<table>", *lines, *(_row("td", row, sides) for row in rows), "</table>"])


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    inside = "".join(
        f'<{tag} style="text-align: {side}">{_safe(cell)}</{tag}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{inside}</tr>"


def _safe(words: str) -> str:
    return html.escape(escape(words))
