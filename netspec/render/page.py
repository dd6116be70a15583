"""A network as one HTML page that loads nothing: its layers, their cost, and what each unit reads.

All words of a spec are text to the script, and the page's policy lets no script run but its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.render import web
from netspec.render.drawing.part import SHOWN
from netspec.render.page_data import data

SCRIPTS = (*web.VIEW, "start.js")


def render(
    plan: Plan,
    findings: Sequence[Diagnostic],
    image: str | None = None,
    boxes: int = SHOWN,
) -> str:
    """The page of a plan; `image` and `boxes` are as `page_data` says."""
    body = f"<h1>{web.escaped(plan.name)}</h1>\n{sections(plan, findings, image, boxes)}"
    return web.document(plan.name, body, SCRIPTS)


def sections(
    plan: Plan,
    findings: Sequence[Diagnostic],
    image: str | None = None,
    boxes: int = SHOWN,
) -> str:
    """All of it but its heading, for any page that has `SCRIPTS`."""
    return "\n".join([
        '<div id="view"></div>',
        "<noscript><p>A script of this page draws it; nothing is loaded.</p></noscript>",
        web.embedded("data", data(plan, findings, image, boxes)),
    ])  # fmt: skip
