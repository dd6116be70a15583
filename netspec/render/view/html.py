"""One page that loads nothing, in which units can be picked."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.render import page
from netspec.render.drawing.part import SHOWN


def render(
    plan: Plan,
    findings: Sequence[Diagnostic] = (),
    image: str | None = None,
    boxes: int = SHOWN,
) -> bytes:
    """The page of a plan; `image` is the address of a picture of its input, with all its data."""
    return page.render(plan, findings, image, boxes).encode()
