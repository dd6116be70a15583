"""How a network answered where it says of each pixel which class it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_TASK = "segmentation"
Cells = Sequence[Sequence[int]]
"""Numbers of pixels: a row for each true class, a column for each answer."""


class Areas(NamedTuple):
    """What an image shows, and where."""

    file: Path
    shares: Mapping[str, float]
    """Of its pixels, by class."""
    mask: bytes
    """The class of each pixel, row by row."""
    size: tuple[int, int]
    """Rows and columns of that."""
    written: Path | None = None
    """The file of the mask, None where it was not written."""

    @property
    def task(self) -> str:
        return _TASK


class ClassOverlap(NamedTuple):
    """One class; a share of nothing is None."""

    name: str
    pixels: int
    right: int
    iou: float | None
    """Pixels that are it and were taken for it, of those that are either."""
    recall: float | None
    precision: float | None


class Overlap(NamedTuple):
    """The answers on one part of a data set, and every figure that follows from them."""

    dataset: str
    part: str
    """Of the data set: train, val or test."""
    classes: Sequence[str]
    confusion: Cells
    loss: float
    images: int
    left_out: int
    """Pixels of which nobody says what they are."""
    what: str = "images"

    @property
    def task(self) -> str:
        return _TASK

    @property
    def pixels(self) -> int:
        return sum(map(sum, self.confusion))

    @property
    def pixel_accuracy(self) -> float:
        return pixel_accuracy(self.confusion)

    @property
    def mean_iou(self) -> float:
        return mean_iou(self.confusion)

    @property
    def by_class(self) -> list[ClassOverlap]:
        answers = [sum(column) for column in zip(*self.confusion, strict=True)]
        return [
            ClassOverlap(
                name, sum(row), row[i], iou,
                _share(row[i], sum(row)), _share(row[i], answers[i]),
            )
            for i, (name, row, iou) in enumerate(
                zip(self.classes, self.confusion, ious(self.confusion), strict=True)
            )
        ]  # fmt: skip


def ious(confusion: Cells) -> list[float | None]:
    """Intersection over union of each class, None where neither truth nor answers have it."""
    answers = [sum(column) for column in zip(*confusion, strict=True)]
    return [_share(row[i], sum(row) + answers[i] - row[i]) for i, row in enumerate(confusion)]


def mean_iou(confusion: Cells) -> float:
    """The mean over classes that truth or answers have; 0 where there is no pixel."""
    there = [iou for iou in ious(confusion) if iou is not None]
    return sum(there) / len(there) if there else 0.0


def pixel_accuracy(confusion: Cells) -> float:
    """The share of pixels that are right; 0 where there is none."""
    return _share(sum(row[i] for i, row in enumerate(confusion)), sum(map(sum, confusion))) or 0.0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
