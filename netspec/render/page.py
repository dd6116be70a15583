"""A network as one HTML page that loads nothing: its layers, their cost, and what each unit reads.

All words of a spec are text to the script, and the page's policy lets no script run but its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as markup

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.render import web
from netspec.render.page_data import data
from netspec.render.safe import escape


def render(plan: Plan, findings: Sequence[Diagnostic], image: str | None = None) -> str:
    """The page of a plan; `image` is the address of a picture of its input, as `page_data` says."""
    body = [
        f"<h1>{markup(escape(plan.name))}</h1>",
        '<div id="view"></div>',
        "<noscript><p>A script of this page draws it; nothing is loaded.</p></noscript>",
        web.embedded("data", data(plan, findings, image)),
    ]
    return web.document(plan.name, "\n".join(body), [*web.VIEW, "start.js"])
