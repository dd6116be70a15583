"""What images show, for machines."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.render.machine import whole
from netspec.runs.confusion import Prediction


def render(run: str, answers: Sequence[Prediction]) -> str:
    """Each image with its class and the probability of every class."""
    images = [
        {"image": one.file.as_posix(), "class": one.answer, "probabilities": one.probabilities}
        for one in answers
    ]
    return whole(run=run, images=images)
