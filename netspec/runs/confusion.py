"""How a network answered: on an image, and on many whose classes are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TASK = "classification"


class Prediction(NamedTuple):
    """What an image shows."""

    file: Path
    probabilities: Mapping[str, float]
    """Of each class."""

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK

    @property
    def answer(self) -> str:
        """The most probable class."""
        return max(self.probabilities, key=self.probabilities.__getitem__)


class ClassFigures(NamedTuple):
    """One class; a share of nothing is None."""

    name: str
    images: int
    right: int
    recall: float | None
    """Share of its images that were taken for it."""
    precision: float | None
    """Share of what was taken for it that is it."""
    f1: float | None


class Mistake(NamedTuple):
    """A class taken for another."""

    true: str
    answer: str
    images: int


class Judgement(NamedTuple):
    """The answers on one part of a data set, and every figure that follows from them."""

    dataset: str
    part: str
    """Of the data set: train, val or test."""
    classes: Sequence[str]
    confusion: Sequence[Sequence[int]]
    """Number of images: a row for each true class, a column for each answer."""
    loss: float
    what: str = "images"
    """What was answered on: images, or samples of another kind."""

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK

    @property
    def images(self) -> int:
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        return sum(row[i] for i, row in enumerate(self.confusion))

    @property
    def accuracy(self) -> float:
        return self.right / self.images

    @property
    def by_class(self) -> list[ClassFigures]:
        answers = [sum(column) for column in zip(*self.confusion, strict=True)]
        return [
            _figures(name, row[i], sum(row), answers[i])
            for i, (name, row) in enumerate(zip(self.classes, self.confusion, strict=True))
        ]

    @property
    def mistakes(self) -> list[Mistake]:
        """What was taken for what, the most frequent first."""
        found = [
            Mistake(self.classes[i], self.classes[j], count)
            for i, row in enumerate(self.confusion)
            for j, count in enumerate(row)
            if count and i != j
        ]
        return sorted(found, key=lambda one: -one.images)


def _figures(name: str, right: int, images: int, answers: int) -> ClassFigures:
    shares = (_share(right, images), _share(right, answers), _share(2 * right, images + answers))
    return ClassFigures(name, images, right, *shares)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
