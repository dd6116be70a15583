"""Candidates for machines."""

from __future__ import annotations

from typing import Any

from netspec.render.look import PLAIN, Look
from netspec.render.machine import whole
from netspec.search.bounds import QUANTITIES
from netspec.search.candidates import Found
from netspec.search.front import Kept
from netspec.search.tally import Reason


def render(found: Found, look: Look = PLAIN) -> str:
    """Candidates that are kept, and what came of the others."""
    search, tally = found.search, found.tally
    return whole(
        size=search.space.size,
        tried=tally.tried,
        kept=tally.total,
        bounds=[
            {"text": bound.text, "kept": keeping}
            for bound, keeping in zip(search.bounds, tally.keeping, strict=True)
        ],
        goals=[
            {"quantity": goal.quantity, "to": "maximize" if goal.greatest else "minimize"}
            for goal in search.goals
        ],
        refused=[_reason(one) for one in tally.refused],
        candidates=[_candidate(found, one) for one in tally.best],
    )


def _candidate(found: Found, one: Kept) -> dict[str, Any]:
    figures = {name: getattr(one.figures, name) for name in QUANTITIES}
    return {"values": found.search.space.values(one.point), **figures}


def _reason(one: Reason) -> dict[str, Any]:
    found = one.found
    line = found.span.line if found.span else None
    return {"code": found.code, "message": found.message, "line": line, "count": one.number}
