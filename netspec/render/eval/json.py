"""How a network answered, for machines."""

from __future__ import annotations

from netspec.render import effective
from netspec.render.machine import whole
from netspec.runs.confusion import Judgement
from netspec.runs.effective import EffectiveFields
from netspec.runs.past import finite


def render(run: str, judgement: Judgement, fields: EffectiveFields | None = None) -> str:
    """The figures, those of each class, and the confusion matrix with true classes by row.

    And the effective receptive fields, where those were asked for.
    """
    return whole(
        run=run,
        dataset=judgement.dataset,
        part=judgement.part,
        images=judgement.images,
        accuracy=judgement.accuracy,
        loss=finite(judgement.loss),
        classes=[one._asdict() for one in judgement.by_class],
        confusion=judgement.confusion,
        **({"erf": effective.told(fields)} if fields else {}),
    )
