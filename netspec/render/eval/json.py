"""How a network answered, for machines."""

from __future__ import annotations

from typing import Any

from netspec.render import effective, tasks
from netspec.render.machine import whole
from netspec.runs.effective import EffectiveFields


def render(run: str, judgement: Any, fields: EffectiveFields | None = None) -> str:
    """What was answered on, and the task's own figures.

    And the effective receptive fields, where those were asked for.
    """
    return whole(
        run=run,
        dataset=judgement.dataset,
        part=judgement.part,
        images=judgement.images,
        **tasks.of(judgement.task).told(judgement),
        task=judgement.task,
        **({"erf": effective.told(fields)} if fields else {}),
    )
