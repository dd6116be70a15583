"""Numbers for each sample, in the unit of the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.network.reads import Reads
from netspec.runner.tasks.base import (
    Array,
    Judging,
    Sums,
    Targets,
    Task,
    alike,
    called,
    drawn,
    exact,
    numbers,
)
from netspec.runs.deviations import Deviations, TargetFigures, Values

if TYPE_CHECKING:
    from netspec.runner.data.images import Dataset, Feed


class Regression(Task):
    name = "regression"

    def read(self, parts: Mapping[str, Array], names: Array | None, file: object) -> Targets:
        found = alike({name: numbers(y, name, file) for name, y in parts.items()}, file)
        count = next(iter(found.values())).shape[1]
        default = ("y",) if count == 1 else tuple(f"y{i}" for i in range(count))
        tensors = {name: torch.from_numpy(y.astype(numpy.float32)) for name, y in found.items()}
        return Targets(tensors, called(names, count, default, file))

    def named(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        return {"targets": tuple(names)}

    def ending(self, names: int, output: tuple[int, ...]) -> str:
        return f"{super().ending(names, output)}; where they are classes, CrossEntropyLoss"

    def check(self, data: Dataset, what: str, targets: Tensor) -> None:
        if not targets.isfinite().all():
            raise NetspecError(f"{data.name}: a {what} target is not finite")

    def split(self, data: Dataset, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
        return drawn(len(data.train), fraction, seed)

    def sums(self, wanted: Sequence[str], names: int, steps: int, device: torch.device) -> Sums:
        zeros = torch.zeros(2, names, dtype=exact(device), device=device)
        return {"absolute": zeros[0].clone(), "squares": zeros[1].clone()}

    def add(self, sums: Sums, step: int, y: Tensor, targets: Tensor) -> None:
        error = y.detach().to(sums["squares"].dtype) - targets
        sums["absolute"] += error.abs().sum(0)
        sums["squares"] += error.square().sum(0)

    def figures(self, sums: Sums, feed: Feed) -> dict[str, float]:
        every = figures_of(sums["absolute"], sums["squares"], feed.labels)
        return {
            name: sum(getattr(one, name) for one in every) / len(every)
            for name in ("mae", "rmse", "r2")
        }

    def so_far(self, sums: Sums, samples: float) -> dict[str, float]:
        return {"mae": float(sums["absolute"].mean()) / samples}

    def judging(self, data: Dataset, part: str, images: Feed) -> Judging:
        return Errors(data, part, images)

    def answers(self, files: Sequence[Path], y: Sequence[Tensor], reads: Reads) -> list[Values]:
        rows = torch.cat(list(y)).tolist()
        return [
            Values(file, dict(zip(reads.targets, row, strict=True)))
            for file, row in zip(files, rows, strict=True)
        ]


def figures_of(
    absolute: Tensor, squares: Tensor, known: Tensor, names: Sequence[str] = ()
) -> list[TargetFigures]:
    """Those of each target, from the sums of errors and their squares over all of `known`."""
    known = known.cpu().double()
    mean = known.mean(0)
    spread = (known - mean).square().sum(0)
    count, found = len(known), []
    columns = zip(absolute.tolist(), squares.tolist(), spread.tolist(), mean.tolist(), strict=True)
    for i, (error, square, around, middle) in enumerate(columns):
        # Of targets that are all alike only what is right explains all.
        r2 = 1 - square / around if around else float(square == 0)
        figures = (error / count, sqrt(square / count), r2)
        found.append(
            TargetFigures(names[i] if names else "", middle, sqrt(around / count), *figures)
        )
    return found


class Errors(Judging):
    """Values beside those that are known."""

    def __init__(self, data: Dataset, part: str, images: Feed) -> None:
        super().__init__(data, part, images)
        self._given: list[Tensor] = []
        self._known: list[Tensor] = []

    def add(self, y: Tensor, targets: Tensor) -> None:
        self._given.append(y.float())
        self._known.append(targets)

    def judge(self, loss: float) -> Deviations:
        self.values, self.known = torch.cat(self._given).cpu(), torch.cat(self._known).cpu()
        error = self.values.double() - self.known
        sums = error.abs().sum(0), error.square().sum(0)
        every = figures_of(*sums, self.known, self.data.targets)
        data = self.data
        return Deviations(data.name, self.part, len(self.known), every, loss, data.what)

    def draw(self, folder: Path, title: str) -> None:
        from netspec.runner.after import pictures

        pictures.deviations(
            folder / "predictions.png", title, self.judgement, self.values, self.known
        )


TASK = Regression()
