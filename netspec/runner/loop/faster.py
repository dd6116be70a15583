"""`precision: auto`: which one is faster here, by a few steps that leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter

import torch
from torch import Generator

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.language.override import override
from netspec.network.build import build
from netspec.runner.data.images import Dataset
from netspec.runner.data.prepare import Prepare
from netspec.runner.loop.step import Step
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.precision import precision
from netspec.runner.tasks import of
from netspec.runner.together.chance import piece
from netspec.runner.together.world import World

AUTO = "auto"
_EXACT, _HALF = "float32", "bfloat16"
_ROUNDS = 5
_LONGEST = 10.0
"""Seconds after which no other round begins."""
_GAIN = 0.95
"""Share of the time that the less exact one may take at most, or it is not worth it."""


def decided(
    plan: Plan, folder: Path | None, data: Dataset, prepare: Prepare, world: World
) -> tuple[Plan, str]:
    """The plan with the precision that it is trained in, and what to say of how that was found.

    A run in a folder has its own; the first process decides for all.
    """
    if plan.train.precision != AUTO:
        return plan, ""
    recorded = compile(folder / "spec.yaml").train.precision if folder else AUTO
    if recorded != AUTO:
        return _with(plan, recorded), ""
    times = world.once(lambda: measured(plan, data, prepare, world))
    chosen = _HALF if times[_HALF] <= _GAIN * times[_EXACT] else _EXACT
    shown = ", ".join(f"{name} {1000 * time:.3g} ms" for name, time in times.items())
    return _with(plan, chosen), f"precision {chosen}, by the time of a step: {shown}"


def measured(plan: Plan, data: Dataset, prepare: Prepare, world: World) -> dict[str, float]:
    """Seconds of a step, the median of a few in turn, on one batch and a network of its own."""
    train, device = plan.train, world.device
    here = World(device)
    size = min(-(-train.batch_size // world.size), len(data.train))
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        model = build(plan, device=str(device), seed=train.seed)
        channels_last(model)
        loss_of = of(data.task).criterion(plan.loss, device)
        steps = {
            name: Step(train.model_copy(update={"precision": name}), model, here, loss_of)
            for name in (_EXACT, _HALF)
        }
        pick = piece(torch.arange(size), slice(0, size), prepare.mixes)
        ((pixels, labels),) = data.train.batches([pick])
        draws = here.chance(Generator(device).manual_seed(train.seed), size)
        inputs, targets = prepare.both(pixels, labels, draws)
        times: dict[str, list[float]] = {name: [] for name in steps}
        first = perf_counter()
        for turn in range(1 + _ROUNDS):
            for name, step in steps.items():
                began = _now(device)
                with precision(name):
                    step.train()
                    for x, answers in step.parts(inputs, targets, size):
                        step.backward(step.forward(x, answers)[1])
                    step.take(1, 1)
                if turn:  # the first prepares what the others use
                    times[name].append(_now(device) - began)
            if turn and perf_counter() - first > _LONGEST:
                break
    return {name: median(some) for name, some in times.items()}


def _now(device: torch.device) -> float:
    """Seconds, once the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return perf_counter()


def _with(plan: Plan, chosen: str) -> Plan:
    found = compile(override(plan.source, "train.precision", chosen))
    found.name = plan.name
    return found
