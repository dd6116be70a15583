"""The learning rate range test: a few steps at rising rates (Smith, 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from math import inf, isfinite
from pathlib import Path
from typing import IO, Any

import torch
from torch import Generator, Tensor

from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError
from netspec.network.build import build
from netspec.network.device import choose
from netspec.runner.data.ready import ready, settled
from netspec.runner.loop.display import Display
from netspec.runner.loop.faster import decided
from netspec.runner.loop.step import Step
from netspec.runner.machine import memory as budget
from netspec.runner.machine.allocator import keep_freed
from netspec.runner.machine.determinism import deterministic
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.precision import precision
from netspec.runner.machine.threads import chosen, threads
from netspec.runner.tasks import of
from netspec.runner.together.chance import piece
from netspec.runner.together.world import World
from netspec.runs.range_test import Curve, Point

_SMOOTHING = 0.95
_DIVERGED = 4.0
"""Times the lowest loss at which the test ends."""
_LEAST = 10
"""Steps without which there is no curve to read."""


def lr_find(
    plan: Plan,
    data_dir: Path,
    device: str = "auto",
    *,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 200,
    out: IO[str] | None = None,
    data: Any = None,
) -> Curve:
    """The loss at each of `steps` batches, trained on at rates from `low` to `high`.

    Nothing is written. `data` is for a spec with `dataset: own`, as for netspec.train. Ends early
    where the loss is four times its lowest. Raises UsageError where the spec does not say how to
    train, SpecError and NetspecError as training does.
    """
    keep_freed()
    train = plan.train
    world = World(choose(device))
    budget.check(plan, train, world.device)
    found, prepare = ready(plan, train.data, train.seed, data_dir, world, data)
    plan = settled(plan, found)
    with threads(plan.totals.macs * train.held), deterministic(train.deterministic, world.device):
        plan, how = decided(plan, None, found, prepare, world)
    train = plan.train
    loss_of = of(found.task).criterion(plan.loss, world.device)
    with (
        threads(chosen(plan.totals.macs * train.held).number),
        deterministic(train.deterministic, world.device),
        precision(train.precision),
        budget.told(plan, train, world.device),
    ):
        model = build(plan, device=str(world.device), seed=train.seed)
        channels_last(model)
        step = Step(train, model, world, loss_of)
        step.train()
        usual = step.optimizer.defaults["lr"]
        groups = step.optimizer.param_groups
        shares = [group["lr"] / usual if usual else 1.0 for group in groups]
        chance = Generator(world.device).manual_seed(train.seed)
        torch.manual_seed(train.seed)
        factor = (high / low) ** (1 / max(steps - 1, 1))
        points: list[Point] = []
        mean, lr, lowest = 0.0, low, inf
        picks = [
            piece(pick, slice(0, len(pick)), prepare.mixes)
            for pick in _picks(len(found.train), train.batch_size, steps, train.seed)
        ]
        display = Display(1, out=out)
        for told in (*found.notes, *([how] if how else ())):
            display.line(told)
        batches = display.batches(found.train.batches(picks), "range test", 0, steps)
        for pixels, labels in batches:
            for group, share in zip(groups, shares, strict=True):
                group["lr"] = lr * share
            size = len(labels) - prepare.mixes
            inputs, targets = prepare.both(pixels, labels, world.chance(chance, size))
            total = 0.0
            for x, answers in step.parts(inputs, targets, size):
                _, loss = step.forward(x, answers)
                step.backward(loss)
                total += float(loss.detach())
            step.take(len(points) + 1, 1)
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * total
            smooth = mean / (1 - _SMOOTHING ** (len(points) + 1))
            if not isfinite(smooth):
                break
            points.append(Point(lr, smooth))
            lowest = min(lowest, smooth)
            if smooth > _DIVERGED * lowest:
                break
            lr *= factor
    if len(points) < _LEAST:
        message = f"the loss diverges after {len(points)} steps at a learning rate of {lr:.2g}"
        raise NetspecError(message, "begin lower with --from")
    return Curve(points)


def _picks(samples: int, batch: int, steps: int, seed: int) -> list[Tensor]:
    """The samples of each step, in a new order each time all were seen."""
    shuffle = Generator().manual_seed(seed)
    size = min(batch, samples)
    orders: Iterator[Tensor] = (torch.randperm(samples, generator=shuffle) for _ in repeat(None))
    picks: list[Tensor] = []
    while len(picks) < steps:
        picks += [pick for pick in torch.split(next(orders), size) if len(pick) == size]
    return picks[:steps]
