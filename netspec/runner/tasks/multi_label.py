"""Any number of labels for each sample, each of them there or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import Fault, NetspecError
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
    numbers,
)
from netspec.runs.labels import Given, LabelFigures, LabelJudgement

if TYPE_CHECKING:
    from netspec.runner.data.images import Dataset, Feed


class MultiLabel(Task):
    name = "multi_label"

    def read(self, parts: Mapping[str, Array], names: Array | None, file: object) -> Targets:
        found = alike({name: numbers(y, name, file) for name, y in parts.items()}, file)
        for name, y in found.items():
            if bad := self.wrong(y):
                at, what = bad
                raise NetspecError(f"{file}: {name}[{at[0]}, {at[1]}] is {y[at]:g}", what)
        count = next(iter(found.values())).shape[1]
        tensors = {name: torch.from_numpy(y.astype(numpy.float32)) for name, y in found.items()}
        return Targets(tensors, called(names, count, tuple(map(str, range(count))), file))

    def wrong(self, y: Array) -> tuple[tuple[int, int], str] | None:
        found = numpy.argwhere((y != 0) & (y != 1))
        if not len(found):
            return None
        row, column = found[0].tolist()
        return (row, column), "a label is 1 where it is there, else 0"

    def check(self, data: Dataset, what: str, targets: Tensor) -> None:
        if not ((targets == 0) | (targets == 1)).all():
            raise NetspecError(f"{data.name}: a {what} label is neither 0 nor 1")

    def split(self, data: Dataset, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
        return drawn(len(data.train), fraction, seed)

    def held_back(self, data: Dataset, fraction: float) -> tuple[str, ...]:
        none, unjudged = (
            [data.classes[i] for i in (part.labels.sum(0) == 0).nonzero().flatten()]
            for part in (data.train, data.judge)
        )
        what = data.what[:-1]
        if none:
            message = f"val_fraction {fraction:g} leaves no {what} with {none[0]} to train on"
            raise Fault("data-mismatch", message, "a smaller one", ("val_fraction",))
        names = ", ".join(unjudged)
        return (f"val_fraction {fraction:g} holds back no {what} with {names}",) if unjudged else ()

    def sums(self, wanted: Sequence[str], names: int, steps: int, device: torch.device) -> Sums:
        each = {
            name: torch.zeros(names, dtype=torch.long, device=device)
            for name in ("true", "given", "both")
        }
        return {**each, "exact": torch.zeros((), dtype=torch.long, device=device)}

    def add(self, sums: Sums, step: int, y: Tensor, targets: Tensor) -> None:
        given, true = y > 0, targets > 0.5  # where the sigmoid of a logit is above a half
        sums["true"] += true.sum(0)
        sums["given"] += given.sum(0)
        sums["both"] += (given & true).sum(0)
        sums["exact"] += (given == true).all(1).sum()

    def figures(self, sums: Sums, feed: Feed) -> dict[str, float]:
        both, either = 2 * sums["both"].double(), sums["true"] + sums["given"]
        f1 = both / either.clamp(min=1)
        return {"f1": float(f1.mean()), "exact_match": int(sums["exact"]) / len(feed)}

    def judging(self, data: Dataset, part: str, images: Feed) -> Judging:
        return Labelled(data, part, images)

    def answers(self, files: Sequence[Path], y: Sequence[Tensor], reads: Reads) -> list[Given]:
        rows = torch.cat(list(y)).sigmoid().tolist()
        return [
            Given(file, dict(zip(reads.classes, row, strict=True)))
            for file, row in zip(files, rows, strict=True)
        ]


class Labelled(Judging):
    """Logits beside the labels that are known."""

    def __init__(self, data: Dataset, part: str, images: Feed) -> None:
        super().__init__(data, part, images)
        self._given: list[Tensor] = []
        self._known: list[Tensor] = []

    def add(self, y: Tensor, targets: Tensor) -> None:
        self._given.append(y.float())
        self._known.append(targets)

    def judge(self, loss: float) -> LabelJudgement:
        logits, known = torch.cat(self._given).cpu(), torch.cat(self._known).cpu() > 0.5
        given = logits > 0
        true, both, all_given = known.sum(0), (given & known).sum(0), given.sum(0)
        every = [
            LabelFigures(
                name, int(true[i]), int(both[i]), int(all_given[i]),
                average_precision(logits[:, i], known[:, i]),
            )
            for i, name in enumerate(self.data.classes)
        ]  # fmt: skip
        data, exact = self.data, int((given == known).all(1).sum())
        return LabelJudgement(data.name, self.part, len(known), exact, every, loss, data.what)

    def draw(self, folder: Path, title: str) -> None:
        from netspec.runner.after import pictures

        pictures.labels(folder / "labels.png", title, self.judgement)


def average_precision(scores: Tensor, there: Tensor) -> float | None:
    """The sum over scores of precision times the rise of recall, as scikit-learn has it.

    Samples of one score come at once. None where no sample has the label.
    """
    if not there.any():
        return None
    order = scores.argsort(descending=True, stable=True)
    scores, there = scores[order], there[order].double()
    right = there.cumsum(0)
    last = torch.ones(len(scores), dtype=torch.bool)
    last[:-1] = scores[1:] != scores[:-1]
    places = last.nonzero().flatten()
    right = right[places]
    precision, recall = right / (places + 1), right / right[-1]
    rises = recall.diff(prepend=torch.zeros(1, dtype=recall.dtype))
    return float((precision * rises).sum())


TASK = MultiLabel()
