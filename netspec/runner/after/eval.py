"""What a trained network answers on images whose classes are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netspec.diagnostic import Fault, NetspecError, UsageError, nearest
from netspec.runner.after.trained import Trained
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset, Feed
from netspec.runner.loop.evaluate import outputs
from netspec.runner.loop.optimize import criterion
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.precision import precision
from netspec.runner.together.world import mass
from netspec.runs.confusion import Judgement


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network said to images whose classes are known; all of it on the CPU."""

    judgement: Judgement
    images: Feed
    answers: Tensor
    """(N,), the class that each was taken for."""
    probabilities: Tensor
    """(N,), of that class."""

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


def data_of(
    run: Trained, data_dir: Path, part: str | None = None, given: Any = None
) -> tuple[Dataset, str]:
    """The data set of a run, and the part it is judged on where none is named.

    `given` is data of the caller's, for a run of such.

    Raises UsageError where there is no such part, NetspecError where the data is not the run's.
    """
    data = run.train.data
    if part == "test":
        data = data.model_copy(update={"val_fraction": None})
    try:
        found = load(data, data_dir, run.plan.input, run.plan.output, run.split, given=given)
    except Fault as fault:
        raise NetspecError(f"{run.folder}: {fault.message}", fault.help) from None
    if found.classes != run.classes:
        raise NetspecError(f"{found.name} has other classes than {run.folder} was trained on")
    if part not in (None, "train", found.judged):
        raise UsageError(f"{found.name} has no {part} part here", f"it has train, {found.judged}")
    return found, part or found.judged


def judge(run: Trained, data: Dataset, part: str) -> Answers:
    """The run's answers on one part of its data."""
    images = data.train if part == "train" else data.judge
    here = images.to(run.device)
    loss_of, n = criterion(run.plan.loss, run.device), len(data.classes)
    network = channels_last(run.network)
    answers, shares, true, counted = [], [], [], 0.0
    loss = torch.zeros((), device=run.device)
    with precision(run.train.precision):
        for y, labels in outputs(network, here, run.prepare(here)):
            count = mass(loss_of, labels)
            loss += loss_of(y, labels) * count
            counted += float(count)
            share, answer = y.float().softmax(1).max(1)
            answers.append(answer)
            shares.append(share)
            true.append(labels)
    given = torch.cat(answers)
    cells = torch.bincount(torch.cat(true) * n + given, minlength=n * n).view(n, n)
    mean = float(loss) / counted
    judgement = Judgement(data.name, part, data.classes, cells.tolist(), mean, data.what)
    return Answers(judgement, images.to(torch.device("cpu")), given.cpu(), torch.cat(shares).cpu())


def _class(name: str, classes: Sequence[str]) -> int:
    if name in classes:
        return classes.index(name)
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    hint = nearest(name, classes) or f"from {classes[0]} to {classes[-1]}"
    raise UsageError(f"no class is called '{name}'", hint)
