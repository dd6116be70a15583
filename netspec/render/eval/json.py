"""How a network answered, for machines."""

from __future__ import annotations

from typing import Any

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
        **({"erf": _fields(fields)} if fields else {}),
    )


def _fields(fields: EffectiveFields) -> dict[str, Any]:
    layers = []
    for one in fields.layers:
        told = one._asdict()
        for when in ("before", "after"):
            gradient = getattr(one, when)
            within = [share._asdict() for share in gradient.within]
            told[when] = {"within": within, "outside": gradient.outside}
        layers.append({"name": told.pop("name"), "layer": told.pop("kind"), **told})
    return {"images": fields.images, "picture": fields.picture, "layers": layers}
