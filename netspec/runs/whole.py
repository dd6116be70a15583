"""Everything that the folder of a run says, without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from netspec.diagnostic import UsageError
from netspec.runs.answers import Answers, answers
from netspec.runs.marks import in_use
from netspec.runs.past import Epoch, Past, environment, epochs, follows, past, summary


class Whole(NamedTuple):
    past: Past
    epochs: list[Epoch]
    environment: dict[str, Any]
    answers: Answers | None
    """What its best weights said."""
    best: int | None
    """The epoch of these weights."""
    training: bool
    """Whether a process trains it now."""
    note: str = ""
    """Why there are no answers."""

    @property
    def judged(self) -> str:
        """What the images are called that it is judged on."""
        told = self.environment.get("judged")
        if isinstance(told, str):
            return told
        return "val" if "train.data.val_fraction" in self.past.settings else "test"


def whole(folder: Path) -> Whole:
    """The run in a folder; UsageError where its files are damaged."""
    rows, ended = epochs(folder), summary(folder).get("best")
    try:
        kept, note = answers(folder), ""
    except UsageError as error:
        kept, note = None, str(error)
    best = ended.get("epoch") if isinstance(ended, dict) else None
    return Whole(
        past(folder), rows, environment(folder), kept,
        best if type(best) is int else _best(rows), in_use(folder.resolve()), note,
    )  # fmt: skip


def _best(rows: list[Epoch]) -> int | None:
    """The best epoch of a run that has not ended."""
    known = [row for row in rows if {"epoch", "loss"} <= row.keys()]
    figure = follows(known)

    def rank(row: Epoch) -> tuple[float, float]:
        return figure.sign * row.get(figure.name, 0.0), -row["loss"]

    return int(max(known, key=rank)["epoch"]) if known else None
