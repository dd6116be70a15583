"""How a network answered, for people."""

from __future__ import annotations

from typing import Any

from netspec.render import effective, tasks
from netspec.render.safe import escape
from netspec.runs.effective import EffectiveFields


def render(run: str, judgement: Any, fields: EffectiveFields | None = None) -> str:
    """A sentence, what the task has to show below it, and effective fields."""
    first, *rest = tasks.of(judgement.task).said(judgement)
    parts = [f"{escape(run)}: {first}", *rest]
    if fields:
        parts.append("\n".join(effective.lines(fields, judgement.part, judgement.what)))
    return "\n\n".join(parts)
