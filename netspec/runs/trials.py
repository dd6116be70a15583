"""What a sweep has found so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

from netspec.language.training.tasks import ACCURACY, rises


class Tried(NamedTuple):
    """One trial."""

    number: int
    state: str
    """finished, pruned, failed, running, stopped or waiting."""
    values: Mapping[str, Any]
    objective: float | None
    epochs: int
    params: int | None
    why: str | None
    """What made it fail."""


class Seeded(NamedTuple):
    """A trial that was run again over seeds."""

    number: int
    held_back: Sequence[float]
    """The objective of each run, on held-back images."""
    test: Sequence[float]
    """The figure of each on the test set, which was looked at once."""
    why: Sequence[str]
    """What made others fail."""
    figure: str = ACCURACY.name
    """What was measured there: the first figure of the task."""

    @property
    def held_back_mean(self) -> float:
        """The mean of the objective."""
        return mean(self.held_back)


class Standing(NamedTuple):
    """All of it."""

    folder: Path
    objective: str
    trials: Sequence[Tried]
    planned: int
    kept: int | None
    """Candidates that keep the bounds; None where nobody has counted."""
    importances: Mapping[str, float]
    seeded: Sequence[Seeded]
    """Best first."""
    seeds: int
    best: Path | None
    """The spec of the winner."""

    @property
    def ranked(self) -> list[Tried]:
        """Trials, the best first, then those that are not finished."""
        sign = -1 if rises(self.objective) else 1
        done = [one for one in self.trials if one.objective is not None]
        done.sort(key=lambda one: (one.state != "finished", sign * (one.objective or 0.0)))
        return [*done, *(one for one in self.trials if one.objective is None)]


def spread(values: Sequence[float]) -> float | None:
    """The standard deviation over seeds; None of a single one."""
    return stdev(values) if len(values) > 1 else None
