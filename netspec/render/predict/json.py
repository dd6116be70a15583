"""What images show, for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from netspec import __version__


def render(run: str, answers: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """One JSON object; keys are only ever added."""
    images = []
    for file, probabilities in answers:
        best = max(probabilities, key=probabilities.__getitem__)
        images.append({"image": file, "class": best, "probabilities": probabilities})
    return json.dumps({"schema": 1, "version": __version__, "run": run, "images": images}, indent=2)
