"""How a network answered, for people."""

from __future__ import annotations

from typing import Any

from netspec.render import tasks
from netspec.render.safe import escape


def render(run: str, judgement: Any) -> str:
    """A sentence, and what the task has to show below it."""
    first, *rest = tasks.of(judgement.task).said(judgement)
    return "\n\n".join([f"{escape(run)}: {first}", *rest])
