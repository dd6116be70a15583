"""A spec's data where the network is, with faults of it at their place in the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Fault, NetspecError, SpecError
from netspec.language.override import override
from netspec.language.training import Data
from netspec.network.reads import Reads
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset
from netspec.runner.data.prepare import Prepare
from netspec.runner.machine import memory
from netspec.runner.together.world import World


def ready(
    plan: Plan, wanted: Data, split: int, data_dir: Path, world: World, given: Any = None
) -> tuple[Dataset, Prepare]:
    """Data and how batches of it are prepared; SpecError where the network cannot learn from it.

    `split` is the seed that decides what is held back, `given` is data of the caller's.
    Raises NetspecError where the data is missing or damaged.
    """
    try:
        # Data of the caller's may draw from torch's generator while it is looked at.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.train.seed)
            told = plan.train.told
            task = told and told.name
            data = load(wanted, data_dir, plan.input, plan.output, split, world, given, task)
            memory.check_data(data, world.device)
            with memory.told(plan, plan.train, world.device):
                data = data.to(world.device)
            prepare = Prepare(wanted, data.train, plan.input, world)
    except Fault as fault:
        raise _placed(fault, plan, ("train", "data", *fault.at)) from None
    if plan.needs_two and min(plan.train.batch_size, len(data.train)) == 1:
        message = "a batch of 1 over one position has one value for each channel"
        hint = "a norm of each sample, or batches of 2 or more"
        one_value = Fault("norm-over-one-value", message, hint)
        raise _placed(one_value, plan, plan.needs_two.path)
    return data, prepare


def settled(plan: Plan, data: Dataset) -> Plan:
    """The plan with the task that its data asks for, where its spec does not say which.

    Raises SpecError where the spec says something that does not go with it.
    """
    if plan.task.name == data.task:
        return plan
    found = compile(override(plan.source, "train.task", data.task))
    found.name = plan.name
    return found


def reading(plan: Plan, data: Dataset, prepare: Prepare) -> Reads:
    """What the network is going to read; NetspecError where its file cannot say so."""
    mean, std = tuple(prepare.mean), tuple(prepare.std)
    numbers = data.train.numbers
    image = None if numbers else data.train.shape
    stretch = plan.train.data.resizes and len(plan.input) == 3 and not numbers
    found = Reads(
        plan.input, image, mean, std, data.classes, stretch, numbers, data.columns, data.targets
    )
    try:
        return found.checked(plan)
    except ValueError as error:
        raise NetspecError(f"{data.name}: {error}") from None


def _placed(fault: Fault, plan: Plan, at: tuple[str | int, ...]) -> SpecError:
    """The fault as an error at its place in the spec."""
    span, path = plan.source.span(at), plan.source.path
    found = Diagnostic(fault.code, fault.message, help=fault.help, path=path, span=span)
    return SpecError([found], plan.source.text)
