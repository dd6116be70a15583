"""How a network answered, for machines."""

from __future__ import annotations

import json

from netspec import __version__
from netspec.runs.confusion import Judgement
from netspec.runs.past import finite


def render(run: str, judgement: Judgement) -> str:
    """One JSON object; keys are only ever added."""
    whole = {
        "schema": 1,
        "version": __version__,
        "run": run,
        "dataset": judgement.dataset,
        "part": judgement.part,
        "images": judgement.images,
        "accuracy": judgement.accuracy,
        "loss": finite(judgement.loss),
        "classes": [one._asdict() for one in judgement.by_class],
        "confusion": judgement.confusion,
    }
    return json.dumps(whole, indent=2)
