"""One of several classes for each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import torch
from torch import Tensor, nn

from netspec.diagnostic import NetspecError, UsageError
from netspec.language.training import Choice, LossTraits
from netspec.network.device import CPU
from netspec.network.reads import Reads
from netspec.runner.data.augment import LEFT_OUT
from netspec.runner.loop.pixels import PixelLoss
from netspec.runner.tasks.base import Array, Judging, Sums, Targets, Task, called, drawn
from netspec.runs.overlap import Areas, Overlap, mean_iou, pixel_accuracy

if TYPE_CHECKING:
    from netspec.runner.after.framed import Box
    from netspec.runner.data.images import Dataset, Feed

SHOWN = 8
"""Images that a run leaves pictures of."""


class Segmentation(Task):
    name = "segmentation"

    def read(self, parts: Mapping[str, Array], names: Array | None, file: object) -> Targets:
        highest = 0
        for name, masks in parts.items():
            if masks.dtype.kind not in "iub" or masks.ndim != 3:
                message = f"{file}: {name} is {masks.dtype} of shape {masks.shape}"
                raise NetspecError(message, "masks are whole numbers, (N, H, W)")
            counted = masks[masks != LEFT_OUT]
            highest = max(highest, int(counted.max(initial=0)))
        count = highest + 1 if names is None else len(names)
        for name, masks in parts.items():
            for at in numpy.argwhere(((masks < 0) | (masks >= count)) & (masks != LEFT_OUT)):
                place = ", ".join(map(str, at))
                message = f"{file}: {name}[{place}] is {masks[tuple(at)]}, outside 0 to {count - 1}"
                raise NetspecError(message, f"{LEFT_OUT} is left out")
        if count > LEFT_OUT:
            raise NetspecError(f"{file}: {count} classes, masks have {LEFT_OUT} at most")
        found = {name: torch.from_numpy(y.astype(numpy.uint8)) for name, y in parts.items()}
        return Targets(found, called(names, count, [str(i) for i in range(count)], file))

    def ending(self, names: int, output: tuple[int, ...]) -> str:
        if len(output) == 3 and output[0] == names:
            return "pad convolutions, and end at the height and width of the input"
        return f"end it with Conv2d: [{names}, 1], at the height and width of the input"

    def check(self, data: Dataset, what: str, targets: Tensor) -> None:
        if not targets.numel():  # they stay in files, and are looked at when they are read
            return
        size = tuple(targets.shape[1:])
        if size != data.train.shape[1:]:
            shapes = f"masks are {list(size)}, samples {list(data.train.shape)}"
            raise NetspecError(f"{data.name}: {what} {shapes}", "a mask has a pixel for each")
        highest = int(targets.masked_fill(targets == LEFT_OUT, 0).max())
        if highest >= len(data.classes):
            message = f"{what} masks have {highest}, outside 0 to {len(data.classes) - 1}"
            raise NetspecError(f"{data.name}: {message}", f"{LEFT_OUT} is left out")

    def split(self, data: Dataset, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
        return drawn(len(data.train), fraction, seed)

    def criterion(self, loss: Choice[LossTraits], device: torch.device = CPU) -> nn.Module:
        return PixelLoss(super().criterion(loss, device)).to(device)

    def sums(self, wanted: Sequence[str], names: int, steps: int, device: torch.device) -> Sums:
        return {"cells": torch.zeros(names * names + 1, dtype=torch.long, device=device)}

    def add(self, sums: Sums, step: int, y: Tensor, targets: Tensor) -> None:
        count(sums["cells"], y.argmax(1), targets, y.shape[1])

    def figures(self, sums: Sums, feed: Feed) -> dict[str, float]:
        confusion, _ = square(sums["cells"])
        return {"mean_iou": mean_iou(confusion), "pixel_accuracy": pixel_accuracy(confusion)}

    def judging(self, data: Dataset, part: str, images: Feed) -> Judging:
        return Overlaps(data, part, images)

    def kept(self, y: Tensor) -> Tensor:
        return y.argmax(1).byte().cpu()

    def answers(self, files: Sequence[Path], y: Sequence[Tensor], reads: Reads) -> list[Areas]:
        areas, names = [], reads.classes
        for file, mask in zip(files, torch.cat(list(y)), strict=True):
            counts = torch.bincount(mask.flatten(), minlength=len(names)).tolist()
            shares = {name: n / mask.numel() for name, n in zip(names, counts, strict=True)}
            height, width = mask.shape
            areas.append(Areas(file, shares, mask.numpy().tobytes(), (height, width)))
        return areas

    def over(self, answer: Areas, size: tuple[int, int], box: Box) -> Areas:
        """With a mask as large as the image; what the network did not see is left out."""
        from netspec.runner.after.framed import over

        mask = numpy.frombuffer(answer.mask, numpy.uint8).reshape(answer.size)
        return answer._replace(mask=over(mask, size, box, LEFT_OUT).tobytes(), size=size)


class Overlaps(Judging):
    """Cells of truth and answer, and what was said of the first images."""

    def __init__(self, data: Dataset, part: str, images: Feed) -> None:
        super().__init__(data, part, images)
        n = len(data.classes)
        self._cells = torch.zeros(n * n + 1, dtype=torch.long)
        self._answers: list[Tensor] = []

    def add(self, y: Tensor, targets: Tensor) -> None:
        answers = y.argmax(1)
        self._cells = self._cells.to(y.device)
        count(self._cells, answers, targets, y.shape[1])
        kept = sum(map(len, self._answers))
        if kept < SHOWN:
            self._answers.append(answers[: SHOWN - kept].byte().cpu())

    def judge(self, loss: float) -> Overlap:
        confusion, left_out = square(self._cells.cpu())
        data = self.data
        return Overlap(
            data.name, self.part, data.classes, confusion, loss, len(self.images), left_out
        )

    def draw(self, folder: Path, title: str) -> None:
        """Leave masks.png: images, what is true and what was answered."""
        from netspec.runner.after import pictures

        if self.images.numbers:
            return
        answers = torch.cat(self._answers)
        ((pixels, truth),) = self.images.batches([torch.arange(len(answers))])
        file = folder / "masks.png"
        pictures.masks(file, title, pixels.cpu(), truth.cpu(), answers, self.judgement)

    def wrong(self, true: str, answer: str) -> tuple[Tensor, Tensor]:
        raise UsageError(
            "answers are for pixels, and no image is of one class", "leave --wrong out"
        )


def count(cells: Tensor, answers: Tensor, targets: Tensor, n: int) -> None:
    """Add pixels to (n * n + 1,) cells: by truth and answer, and those left out in the last."""
    truth = targets.long()
    # Counting by bincount would wait for a GPU, which has to say how many cells there are.
    at = torch.where(truth == LEFT_OUT, n * n, truth * n + answers).flatten()
    cells.index_add_(0, at, torch.ones_like(at))


def square(cells: Tensor) -> tuple[list[list[int]], int]:
    """Rows of true classes, columns of answers; and the pixels that were left out."""
    n = round((len(cells) - 1) ** 0.5)
    return cells[:-1].view(n, n).tolist(), int(cells[-1])


TASK = Segmentation()
