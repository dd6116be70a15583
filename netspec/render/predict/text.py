"""What images show, for people."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.runs.confusion import Prediction


def render(run: str, answers: Sequence[Prediction]) -> str:
    """A line for each image: the file, its class, how probable that is."""
    rows = [
        (escape(one.file.as_posix()), escape(one.answer), f"{one.probabilities[one.answer]:.2%}")
        for one in answers
    ]
    return "\n".join(columns(rows, "<<>"))
