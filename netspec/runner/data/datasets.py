"""From the name of a data set to its images."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from netspec.diagnostic import UsageError
from netspec.language.training import Data
from netspec.language.training.datasets import own
from netspec.runner.data.images import Dataset
from netspec.runner.data.wanted import Wanted
from netspec.runner.together.world import ALONE, World


def load(
    data: Data,
    folder: Path,
    shape: tuple[int, ...],
    output: tuple[int, ...],
    split: int,
    world: World = ALONE,
    given: Any = None,
    task: str | None = None,
) -> Dataset:
    """The data set, checked, for a network that reads `shape` and gives `output`.

    `split` is the seed that decides what is held back, `given` is data of the caller's, `task` is
    None where the data decides.

    Raises Fault where it does not fit the network, NetspecError where it is missing or damaged.
    """
    if given is not None and data.dataset.name != own.__name__:
        message = f"the spec is for {data.dataset.name}, and other data was given"
        raise UsageError(message, f"dataset: {own.__name__} takes it")
    size = shape[1:] if data.resizes and len(shape) == 3 else None
    grey = len(shape) == 3 and shape[0] == 1
    reader = import_module(f"netspec.runner.data.readers.{data.dataset.traits.reader}")
    found: Dataset = reader.read(Wanted(data, folder, shape, size, grey, world, task, given))
    found = found.checked().fitted(shape, output, data.resizes)
    return found.held_back(data.val_fraction, split).checked() if data.val_fraction else found
