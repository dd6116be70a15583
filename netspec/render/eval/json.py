"""How a network answered, for machines."""

from __future__ import annotations

from typing import Any

from netspec.render import tasks
from netspec.render.machine import whole


def render(run: str, judgement: Any) -> str:
    """What was answered on, and the task's own figures."""
    return whole(
        run=run,
        dataset=judgement.dataset,
        part=judgement.part,
        images=judgement.images,
        **tasks.of(judgement.task).told(judgement),
        task=judgement.task,
    )
