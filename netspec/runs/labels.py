"""Which labels a network gives: a sample, and each of a part of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TASK = "multi_label"
THRESHOLD = 0.5
"""Probability above which a label is given."""


class Given(NamedTuple):
    """What is said of a sample."""

    file: Path
    probabilities: Mapping[str, float]
    """Of each label, whatever the others are."""

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK

    @property
    def labels(self) -> list[str]:
        """Those that it has."""
        return [name for name, share in self.probabilities.items() if share > THRESHOLD]


class LabelFigures(NamedTuple):
    """One label; a share of nothing is None."""

    name: str
    images: int
    """Samples that have it."""
    right: int
    """Those that were given it."""
    given: int
    """All that were given it."""
    average_precision: float | None
    """Precision at each sample that has it, where all are ordered by how probable it is."""

    @property
    def recall(self) -> float | None:
        """Share of what has it that was given it."""
        return self.right / self.images if self.images else None

    @property
    def precision(self) -> float | None:
        """Share of what was given it that has it."""
        return self.right / self.given if self.given else None

    @property
    def f1(self) -> float | None:
        """None where it is neither there nor given."""
        both = self.images + self.given
        return 2 * self.right / both if both else None


class LabelJudgement(NamedTuple):
    """The answers on one part of a data set, and every figure that follows from them."""

    dataset: str
    part: str
    """Of the data set: train, val or test."""
    images: int
    exact: int
    """Samples that were given just the labels that they have."""
    labels: Sequence[LabelFigures]
    loss: float
    what: str = "samples"

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK

    @property
    def exact_match(self) -> float:
        """The share of such samples."""
        return self.exact / self.images

    @property
    def f1(self) -> float:
        """The mean over labels; one that is neither there nor given counts 0."""
        return sum(one.f1 or 0.0 for one in self.labels) / len(self.labels)

    @property
    def mean_average_precision(self) -> float | None:
        """Over the labels that are there; None where none is."""
        every = [one.average_precision for one in self.labels]
        known = [one for one in every if one is not None]
        return sum(known) / len(known) if known else None
