"""A trained network, and images as it learnt to read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fault, NetspecError
from netspec.language.training import Train
from netspec.network.device import choose
from netspec.network.load import BEST, load
from netspec.runner.data.begun import begun
from netspec.runner.data.images import Feed
from netspec.runner.data.prepare import Prepare
from netspec.runs import past as runs


@dataclass(frozen=True, slots=True)
class Trained:
    folder: Path
    plan: Plan
    network: nn.Sequential
    train: Train
    split: int
    """The seed that decided what was held back."""
    device: torch.device
    classes: tuple[str, ...]
    mean: list[float]
    std: list[float]

    def prepare(self, images: Feed) -> Prepare:
        """What normalizes images of this kind as training did."""
        data = self.train.data.model_copy(update={"mean": self.mean, "std": self.std})
        try:
            return Prepare(data, images, self.plan.input, device=self.device)
        except Fault as fault:
            raise NetspecError(f"{self.folder}: {fault.message}", fault.help) from None


def open_run(folder: Path, device: str = "auto") -> Trained:
    """A run with its best weights and with what was recorded of its data."""
    plan, network = load(folder, device)
    if plan.spec.train is None:
        raise NetspecError(f"{folder / BEST} does not say how it was trained")
    facts = runs.environment(folder)
    classes = _list(facts.get("classes"), str)
    mean, std = (_list(facts.get(key), float) for key in ("mean", "std"))
    if (len(classes),) != plan.output or not mean or len(mean) != len(std):
        message = f"{folder / 'environment.json'} does not say which classes and pixels it learnt"
        raise NetspecError(message, "train it again")
    place = choose(device)
    data, split = begun(plan.spec.train, folder)
    train = plan.spec.train.model_copy(update={"data": data})
    return Trained(folder, plan, network, train, split, place, tuple(classes), mean, std)


def _list(value: Any, kind: type) -> list[Any]:
    """The value where it is a list of that kind, else an empty one."""
    fits = isinstance(value, list) and all(isinstance(one, kind) for one in value)
    return value if fits else []
