"""One of several classes for each sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from netspec.diagnostic import Fault, NetspecError, UsageError, nearest
from netspec.network.device import CPU
from netspec.network.reads import Reads
from netspec.runner.data.images import stratified
from netspec.runner.data.labels import classified
from netspec.runner.tasks.base import Array, Judging, Sums, Targets, Task
from netspec.runs.answers import Answers as Kept
from netspec.runs.confusion import Judgement, Prediction

if TYPE_CHECKING:
    from netspec.runner.data.images import Dataset, Feed


class Classification(Task):
    name = "classification"
    by_step = ("right",)

    def read(self, parts: Mapping[str, Array], names: Array | None, file: object) -> Targets:
        single = {name: y[:, 0] if y.shape == (len(y), 1) else y for name, y in parts.items()}
        for name, y in single.items():
            if y.ndim != 1:
                message = f"{file}: {name} has the shape {y.shape}, a class is one number"
                raise NetspecError(message, f"{name}.argmax(1), where it has a column for each")
        found, classes = classified(single, names, file)
        return Targets(found, classes)

    def ending(self, names: int, output: tuple[int, ...]) -> str:
        values = "task: regression, where they are values; else " * (output == (1,))
        return values + super().ending(names, output)

    def check(self, data: Dataset, what: str, targets: Tensor) -> None:
        low, high = int(targets.min()), int(targets.max())
        if low < 0 or high >= len(data.classes):
            wrong = low if low < 0 else high
            message = f"{what} label {wrong} is outside 0 to {len(data.classes) - 1}"
            raise NetspecError(f"{data.name}: {message}", "the files are damaged")

    def split(self, data: Dataset, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
        """The same share of every class."""
        return stratified(data.train.labels, fraction, seed)

    def held_back(self, data: Dataset, fraction: float) -> tuple[str, ...]:
        counts = [
            part.labels.bincount(minlength=len(data.classes)) for part in (data.train, data.judge)
        ]
        none, unjudged = ([data.classes[i] for i in (each == 0).nonzero()] for each in counts)
        what = data.what[:-1]
        if none:
            message = f"val_fraction {fraction:g} leaves no {what} of {none[0]} to train on"
            raise Fault("data-mismatch", message, "a smaller one", ("val_fraction",))
        names = ", ".join(unjudged)
        return (f"val_fraction {fraction:g} holds back no {what} of {names}",) if unjudged else ()

    def sums(self, wanted: Sequence[str], names: int, steps: int, device: torch.device) -> Sums:
        top = {name: int(name.removeprefix("top")) for name in wanted if name.startswith("top")}
        for name, k in top.items():
            if k >= names:
                raise UsageError(f"{name} of {names} classes is always right", "a smaller one")
        more = {name: torch.zeros((), dtype=torch.long, device=device) for name in top}
        return {"right": torch.zeros(steps, device=device), **more}

    def add(self, sums: Sums, step: int, y: Tensor, targets: Tensor) -> None:
        sums["right"][step] += (y.argmax(1) == targets).sum()
        for name in sums.keys() - {"right"}:
            best = y.topk(int(name.removeprefix("top")), 1).indices
            sums[name] += (best == targets[:, None]).sum()

    def figures(self, sums: Sums, feed: Feed) -> dict[str, float]:
        found = {name: float(one.double().sum()) / len(feed) for name, one in sums.items()}
        return {"accuracy": found.pop("right"), **found}

    def so_far(self, sums: Sums, samples: float) -> dict[str, float]:
        return {"accuracy": float(sums["right"].sum()) / samples}

    def judging(self, data: Dataset, part: str, images: Feed) -> Judging:
        return Answers(data, part, images)

    def answers(self, files: Sequence[Path], y: Sequence[Tensor], reads: Reads) -> list[Prediction]:
        rows = torch.cat([one.softmax(1) for one in y]).tolist()
        return [
            Prediction(file, dict(zip(reads.classes, row, strict=True)))
            for file, row in zip(files, rows, strict=True)
        ]


class Answers(Judging):
    """What a network said to images whose classes are known; all of it on the CPU in the end."""

    answers: Tensor
    """(N,), the class that each was taken for."""
    probabilities: Tensor
    """(N,), of that class."""

    def __init__(self, data: Dataset, part: str, images: Feed) -> None:
        super().__init__(data, part, images)
        self._answers: list[Tensor] = []
        self._shares: list[Tensor] = []
        self._true: list[Tensor] = []

    def add(self, y: Tensor, targets: Tensor) -> None:
        share, answer = y.float().softmax(1).max(1)
        self._answers.append(answer)
        self._shares.append(share)
        self._true.append(targets)

    def judge(self, loss: float) -> Judgement:
        data, n = self.data, len(self.data.classes)
        given = torch.cat(self._answers)
        cells = torch.bincount(torch.cat(self._true) * n + given, minlength=n * n).view(n, n)
        self.answers, self.probabilities = given.cpu(), torch.cat(self._shares).cpu()
        self.images = self.images.to(CPU)
        return Judgement(data.name, self.part, data.classes, cells.tolist(), loss, data.what)

    def draw(self, folder: Path, title: str) -> None:
        from netspec.runner.after import pictures

        pictures.confusion(folder / "confusion.png", title, self.judgement)

    def kept(self, epoch: int) -> Kept | None:
        from netspec.runner.after.answers import gathered

        return gathered(self, epoch)

    def wrong(self, true: str, answer: str) -> tuple[Tensor, Tensor]:
        """Pictures of one class that were taken for another, and how sure that was, surest first.

        A class is a name, or a number from 0 where no class has that name.
        """
        if self.images.numbers:
            raise UsageError(f"{self.judgement.dataset} has numbers, and no pictures to draw")
        i, j = (_class(name, self.judgement.classes) for name in (true, answer))
        picks = ((self.images.labels == i) & (self.answers == j)).nonzero().flatten()
        picks = picks[self.probabilities[picks].argsort(descending=True, stable=True)]
        pixels = [batch for batch, _ in self.images.batches([picks])] if len(picks) else []
        nothing = torch.empty(0, *self.images.shape, dtype=torch.uint8)
        return torch.cat([nothing, *pixels]), self.probabilities[picks]


def _class(name: str, classes: Sequence[str]) -> int:
    if name in classes:
        return classes.index(name)
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    hint = nearest(name, classes) or f"from {classes[0]} to {classes[-1]}"
    raise UsageError(f"no class is called '{name}'", hint)


TASK = Classification()
