"""What images show, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netspec.render.snippet import escape
from netspec.render.table import columns


def render(run: str, answers: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """A line for each image: the file, its class, how probable that is."""
    rows = []
    for file, probabilities in answers:
        best = max(probabilities, key=probabilities.__getitem__)
        rows.append((escape(file), escape(best), f"{probabilities[best]:.2%}"))
    return "\n".join(columns(rows, "<<>"))
