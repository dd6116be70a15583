"""What a run keeps of its answers, so that they can be looked at without the data set."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from netspec.runner.data.images import Feed
from netspec.runs.answers import MAX_CLASSES, Picture
from netspec.runs.answers import Answers as Kept

if TYPE_CHECKING:
    from netspec.runner.tasks.classification import Answers

EACH, ALL = 8, 240
"""Pictures of one mistake, and of all."""
_SIDE = 64
"""Pixels of the longer side of a mistake: larger images are made smaller."""
_EXAMPLES = 10
_BYTES = 1_500_000
"""Of all pictures of mistakes, and of all examples."""


def gathered(answers: Answers, epoch: int) -> Kept | None:
    """Counts, and pictures of mistakes and of some classes; `epoch` is that of the weights.

    None of more classes than a page could show.
    """
    images, judgement = answers.images, answers.judgement
    if len(judgement.classes) > MAX_CLASSES:
        return None
    without = ""
    if images.numbers:
        without = f"{judgement.what} of {judgement.dataset} are numbers, and no pictures"
    elif images.shape[0] not in (1, 3):
        without = f"{judgement.what} of {judgement.dataset} have {images.shape[0]} channels"
    if without:
        return Kept(judgement, epoch, [], [], without)
    wrong = _pictures(answers, _mistakes(images.labels, answers), _SIDE)
    return Kept(judgement, epoch, wrong, _pictures(answers, _firsts(images.labels), None))


def _mistakes(labels: Tensor, answers: Answers) -> list[int]:
    """Indexes of wrong answers: the surest of each mistake, then the next of each."""
    given, sure = answers.answers, answers.probabilities
    order = (labels != given).nonzero().flatten()
    order = order[sure[order].argsort(descending=True, stable=True)]
    found: dict[tuple[int, int], list[int]] = {}
    for index, true, answer in zip(
        order.tolist(), labels[order].tolist(), given[order].tolist(), strict=True
    ):
        found.setdefault((true, answer), []).append(index)
    cells = sorted(found.values(), key=len, reverse=True)
    return [cell[i] for i in range(EACH) for cell in cells if i < len(cell)][:ALL]


def _firsts(labels: Tensor) -> list[int]:
    """The first image of each of some classes."""
    found: dict[int, int] = {}
    for index, label in enumerate(labels.tolist()):
        found.setdefault(label, index)
        if len(found) == _EXAMPLES:
            break
    return list(found.values())


def _pictures(answers: Answers, indexes: list[int], side: int | None) -> list[Picture]:
    """As many of them as there is room for."""
    found, room = [], _BYTES
    for index, png in zip(indexes, _drawn(answers.images, indexes, side), strict=False):
        room -= len(png)
        if room < 0:
            break
        true, answer = int(answers.images.labels[index]), int(answers.answers[index])
        sure = round(float(answers.probabilities[index]), 4)
        found.append(Picture(true, answer, sure, index, png))
    return found


def _drawn(images: Feed, indexes: list[int], side: int | None) -> Iterator[str]:
    """PNG files in base64, no side of them longer than `side`."""
    from PIL import Image

    for (pixels,), _ in images.batches([torch.tensor([index]) for index in indexes]):
        grey = len(pixels) == 1
        image = Image.fromarray((pixels[0] if grey else pixels.permute(1, 2, 0)).cpu().numpy())
        if side:
            image.thumbnail((side, side))
        written = BytesIO()
        image.save(written, "png", optimize=True)
        yield b64encode(written.getvalue()).decode()
