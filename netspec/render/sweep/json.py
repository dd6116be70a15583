"""A sweep for machines."""

from __future__ import annotations

from netspec.render.look import PLAIN, Look
from netspec.render.machine import whole
from netspec.runs.trials import Standing


def render(standing: Standing, look: Look = PLAIN) -> str:
    """Every trial in its order, what mattered, and the best over seeds."""
    return whole(
        objective=standing.objective,
        planned=standing.planned,
        trials=[one._asdict() for one in standing.trials],
        importances=standing.importances,
        seeded=[one._asdict() for one in standing.seeded],
        best=standing.best and standing.best.as_posix(),
    )
