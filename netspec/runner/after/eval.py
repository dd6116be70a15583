"""What a trained network answers on images whose targets are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from netspec.diagnostic import Fault, NetspecError, UsageError
from netspec.runner.after.trained import Trained
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset
from netspec.runner.loop.evaluate import outputs
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.precision import precision
from netspec.runner.tasks import of
from netspec.runner.tasks.base import Judging
from netspec.runner.together.world import ALONE, mass


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
        found = load(
            data, data_dir, run.plan.input, run.plan.output, run.split, ALONE, given,
            run.plan.task.name,
        )  # fmt: skip
    except Fault as fault:
        raise NetspecError(f"{run.folder}: {fault.message}", fault.help) from None
    if found.names != run.reads.names:
        every = run.plan.task.traits.every
        raise NetspecError(f"{found.name} has other {every} than {run.folder} was trained on")
    if part not in (None, "train", found.judged):
        raise UsageError(f"{found.name} has no {part} part here", f"it has train, {found.judged}")
    return found, part or found.judged


def judge(run: Trained, data: Dataset, part: str) -> Judging:
    """The run's answers on one part of its data."""
    images = data.train if part == "train" else data.judge
    here = images.to(run.device)
    task = of(run.plan.task.name)
    loss_of, judging = task.criterion(run.plan.loss, run.device), task.judging(data, part, images)
    network, counted = channels_last(run.network), 0.0
    loss = torch.zeros((), device=run.device)
    with precision(run.train.precision):
        for y, targets in outputs(network, here, run.prepare(here)):
            count = mass(loss_of, targets)
            loss += loss_of(y, targets) * count
            counted += float(count)
            judging.add(y, targets)
    judging.end(float(loss) / counted)
    return judging
