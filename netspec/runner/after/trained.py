"""A trained network, and images as it learnt to read them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import Fault, NetspecError
from netspec.language.training import Train
from netspec.network.build import build
from netspec.network.device import choose
from netspec.network.load import BEST, load
from netspec.network.reads import Reads
from netspec.network.start import listed_names, start
from netspec.runner.data.begun import begun
from netspec.runner.data.images import Feed
from netspec.runner.data.prepare import Prepare
from netspec.runner.data.ready import reading, ready, settled
from netspec.runner.together.world import World
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
    reads: Reads

    @property
    def classes(self) -> tuple[str, ...]:
        return self.reads.classes

    def prepare(self, images: Feed) -> Prepare:
        """What normalizes images of this kind as training did."""
        told = {"mean": list(self.reads.mean), "std": list(self.reads.std)}
        data = self.train.data.model_copy(update=told)
        try:
            return Prepare(data, images, self.plan.input, device=self.device)
        except Fault as fault:
            raise NetspecError(f"{self.folder}: {fault.message}", fault.help) from None


def open_run(
    folder: Path, device: str = "auto", note: Callable[[str], Any] = warnings.warn
) -> Trained:
    """A run with its best weights and what they read; `note` takes what a person has to know."""
    plan, network, reads = load(folder, device, note)
    if plan.spec.train is None:
        raise NetspecError(f"{folder / BEST} does not say how it was trained")
    reads = reads or _recorded(folder, plan)
    data, split = begun(plan.spec.train, folder)
    train = plan.spec.train.model_copy(update={"data": data})
    return Trained(folder, plan, network, train, split, choose(device), reads)


def open_weights(
    spec: Path, weights: Path, data_dir: Path, device: str = "auto", given: Any = None
) -> Trained:
    """A spec with all of its weights from a file, as a run that begins now would read its data.

    Raises NetspecError where the file lacks a weight, and what `ready` and `start` do.
    """
    plan = compile(spec)
    train, world = plan.train, World(choose(device))
    data, prepare = ready(plan, train.data, train.seed, data_dir, world, given)
    network = build(plan, device=str(world.device))
    plan = settled(plan, data)
    begun = start(network, weights)
    if begun.kept:
        names = listed_names([name for name, _ in begun.kept])
        raise NetspecError(f"{begun.file} lacks {names}", "it has other weights than the spec")
    reads = reading(plan, data, prepare)
    return Trained(spec, plan, network.eval(), train, train.seed, world.device, reads)


def _recorded(folder: Path, plan: Plan) -> Reads:
    """What environment.json says of a run from before its weights said it."""
    facts = runs.environment(folder)
    mean, std, classes = (_tuple(facts.get(key)) for key in ("mean", "std", "classes"))
    image = plan.input if len(plan.input) == 3 else None
    stretch = plan.train.data.resizes and image is not None
    try:
        return Reads(plan.input, image, mean, std, classes, stretch).checked(plan)
    except ValueError as error:
        message = f"{folder / 'environment.json'} does not say which classes and pixels it learnt"
        raise NetspecError(f"{message}: {error}", "train it again") from None


def _tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else ()
