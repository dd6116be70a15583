"""How a network answered, for machines."""

from __future__ import annotations

from netspec.render.machine import whole
from netspec.runs.confusion import Judgement
from netspec.runs.past import finite


def render(run: str, judgement: Judgement) -> str:
    """The figures, those of each class, and the confusion matrix with true classes by row."""
    return whole(
        run=run,
        dataset=judgement.dataset,
        part=judgement.part,
        images=judgement.images,
        accuracy=judgement.accuracy,
        loss=finite(judgement.loss),
        classes=[one._asdict() for one in judgement.by_class],
        confusion=judgement.confusion,
    )
