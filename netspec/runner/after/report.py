"""What a trained network answers: on the images it is judged on, and on any others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import Fault, NetspecError, UsageError, nearest
from netspec.runner.after import pictures
from netspec.runner.after.trained import Trained, open_run
from netspec.runner.data.datasets import load
from netspec.runner.data.decode import opened
from netspec.runner.data.images import Dataset, Feed, Images
from netspec.runner.loop.evaluate import outputs
from netspec.runner.loop.optimize import criterion
from netspec.runs import past as runs
from netspec.runs.confusion import Judgement, Prediction


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
        i, j = (_class(name, self.judgement.classes) for name in (true, answer))
        picks = ((self.images.labels == i) & (self.answers == j)).nonzero().flatten()
        picks = picks[self.probabilities[picks].argsort(descending=True, stable=True)]
        pixels = [batch for batch, _ in self.images.batches([picks])] if len(picks) else []
        nothing = torch.empty(0, *self.images.shape, dtype=torch.uint8)
        return torch.cat([nothing, *pixels]), self.probabilities[picks]


def data_of(run: Trained, data_dir: Path, part: str | None = None) -> tuple[Dataset, str]:
    """The data set of a run, and the part it is judged on where none is named.

    Raises UsageError where there is no such part, NetspecError where the data is not the run's.
    """
    data = run.train.data
    if part == "test":
        data = data.model_copy(update={"val_fraction": None})
    try:
        found = load(data, data_dir, run.plan.input, run.plan.output)
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
    loss_of, n = criterion(run.plan.loss), len(data.classes)
    network = run.network.to(memory_format=torch.channels_last)
    answers, shares, loss = [], [], torch.zeros((), device=run.device)
    for y, labels in outputs(network, here, run.prepare(here)):
        loss += loss_of(y, labels) * len(labels)
        share, answer = y.float().softmax(1).max(1)
        answers.append(answer)
        shares.append(share)
    given = torch.cat(answers)
    cells = torch.bincount(here.labels * n + given, minlength=n * n).view(n, n)
    judgement = Judgement(data.name, part, data.classes, cells.tolist(), float(loss) / len(images))
    return Answers(judgement, images.to(torch.device("cpu")), given.cpu(), torch.cat(shares).cpu())


def draw(folder: Path, data: Dataset, device: str) -> None:
    """Leave curves.png and confusion.png, of the best weights, in the folder of a run."""
    run = open_run(folder, device)
    goal = run.train.goal.accuracy if run.train.goal else None
    title = f"{run.plan.name} {folder.name}"
    rows = runs.epochs(folder)
    pictures.curves(folder / "curves.png", title, rows, data.judged, goal)
    pictures.confusion(folder / "confusion.png", title, judge(run, data, data.judged).judgement)


def predict(run: Trained, files: Sequence[Path]) -> tuple[list[Prediction], list[str]]:
    """What each file shows, and what is wrong with those that cannot be read."""
    read, pixels, refused = [], [], []
    for file in files:
        try:
            pixels.append(_pixels(run, file))
            read.append(file)
        except NetspecError as error:
            refused.append(str(error))
    if not read:
        return [], refused
    images = Images(torch.from_numpy(numpy.stack(pixels)), torch.zeros(len(read)).long())
    here = images.to(run.device)
    network = run.network.to(memory_format=torch.channels_last)
    shares = [y.float().softmax(1).cpu() for y, _ in outputs(network, here, run.prepare(here))]
    rows = torch.cat(shares).tolist()
    found = [
        Prediction(file, dict(zip(run.classes, row, strict=True)))
        for file, row in zip(read, rows, strict=True)
    ]
    return found, refused


def _pixels(run: Trained, file: Path) -> numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.uint8]]:
    """(C, H, W), read as the images of the data set were."""
    shape, data = run.plan.input, run.train.data
    resize = (data.resize or data.dataset == "digits") and len(shape) == 3
    image = opened(file, len(run.mean) == 1, shape[1:] if resize else None)
    if shape not in (image.shape, (image.size,)):
        width, height = image.shape[2], image.shape[1]
        wanted = f"{shape[2]} x {shape[1]}" if len(shape) == 3 else f"{shape[0]} numbers"
        raise NetspecError(f"{file} is {width} x {height}, the network reads {wanted}")
    return image


def _class(name: str, classes: Sequence[str]) -> int:
    if name in classes:
        return classes.index(name)
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    hint = nearest(name, classes) or f"from {classes[0]} to {classes[-1]}"
    raise UsageError(f"no class is called '{name}'", hint)
