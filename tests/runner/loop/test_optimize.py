"""Torch's optimizers, schedulers and losses by their names."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from netspec.compiler import memory
from netspec.language.training import LOSSES, OPTIMIZERS, SCHEDULERS, Choice, SchedulerTraits
from netspec.runner.loop import optimize

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("name", OPTIMIZERS.words)
def test_every_optimizer_takes_a_step(name: str) -> None:
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    descent = optimize.optimizer(OPTIMIZERS.read(name), model)
    model(torch.ones(1, 3)).sum().backward()
    descent.step()
    assert not torch.equal(before, model.weight)


@pytest.mark.parametrize(
    ("name", "more"),
    [(name, more) for name, traits in OPTIMIZERS.traits.items() for more in ("", *traits.more)],
)
def test_an_optimizer_keeps_as_many_numbers_as_torchs(name: str, more: str) -> None:
    weight = nn.Parameter(torch.rand(7, 3))
    flag = more and OPTIMIZERS.model(name).model_fields[more].annotation is bool
    choice = OPTIMIZERS.read({name: {more: flag or 0.9} if more else {}})
    torchs = getattr(torch.optim, name)([weight], **choice.arguments)
    weight.grad = torch.rand(7, 3)
    torchs.step()
    state = [t.numel() for t in torchs.state[weight].values() if isinstance(t, torch.Tensor)]
    kept = sum(count for count in state if count > 1)
    assert memory.state(choice) == kept / weight.numel()


@pytest.mark.parametrize(
    "name", [name for name, traits in OPTIMIZERS.traits.items() if traits.fused]
)
def test_what_is_said_to_be_fused_is_one_operation(name: str) -> None:
    (group,) = optimize.optimizer(OPTIMIZERS.read(name), nn.Linear(3, 2)).param_groups
    assert group["fused"] is True


def some(name: str) -> Choice[SchedulerTraits]:
    """A scheduler with small numbers where it needs any."""
    fields = SCHEDULERS.model(name).model_fields
    needed = [key for key, field in fields.items() if field.is_required()]
    for values in product((2, 0.5, [1, 3]), repeat=len(needed)):
        with suppress(ValidationError):
            return SCHEDULERS.read({name: dict(zip(needed, values, strict=True))})
    raise AssertionError(f"no small number is right for {name}")


@pytest.mark.parametrize("name", SCHEDULERS.words)
def test_all_that_moves_in_a_scheduler_is_saved(name: str) -> None:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0, momentum=0.9)
    schedule = optimize.Schedule(some(name), descent, epochs=4, steps=3)
    before = dict(schedule._made.state_dict())
    for _ in range(2):
        descent.step()
        schedule.after_batch()
    schedule.after_epoch(loss=1.0, accuracy=0.5)
    after = schedule._made.state_dict()
    moved = {key for key in after if before[key] != after[key]}
    assert moved
    assert moved <= schedule.state_dict().keys()


@pytest.mark.parametrize(
    ("written", "rates"),
    [
        (None, [1, 1, 1, 1]),
        ({"StepLR": 2}, [1, 1, 0.1, 0.1]),
        ({"MultiStepLR": [[1, 3], 0.5]}, [1, 0.5, 0.5, 0.25]),
        ({"ExponentialLR": 0.5}, [1, 0.5, 0.25, 0.125]),
        ("CosineAnnealingLR", [1, 0.853553, 0.5, 0.146447]),
        ({"CosineAnnealingLR": 2}, [1, 0.5, 0, 0.5]),
        ({"CosineAnnealingWarmRestarts": 2}, [1, 0.5, 1, 0.5]),
        ({"LinearLR": [0.5, 1, 2]}, [0.5, 0.75, 1, 1]),
        ({"ConstantLR": [0.5, 2]}, [0.5, 0.5, 1, 1]),
        ({"PolynomialLR": 4}, [1, 0.75, 0.5, 0.25]),
        ({"ReduceLROnPlateau": {"patience": 1}}, [1, 1, 1, 0.1]),
        ({"ReduceLROnPlateau": {"patience": 1, "mode": "max"}}, [1, 1, 1, 1]),
    ],
    ids=str,
)
def test_schedulers_step_once_an_epoch(written: Any, rates: list[float]) -> None:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    part = None if written is None else SCHEDULERS.read(written)
    schedule = optimize.Schedule(part, descent, epochs=4, steps=3)
    seen = []
    for epoch in range(4):
        for _ in range(3):
            descent.step()
            schedule.after_batch()
        seen.append(schedule.lr)
        schedule.after_epoch(loss=1.0, accuracy=epoch / 4)
    assert seen == pytest.approx(rates, abs=1e-6)


def test_one_cycle_steps_each_batch_to_the_end_of_the_run() -> None:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0)
    part = SCHEDULERS.read({"OneCycleLR": {"max_lr": 2.0, "pct_start": 0.5}})
    schedule = optimize.Schedule(part, descent, epochs=4, steps=5)
    seen = []
    for _ in range(4):
        for _ in range(5):
            seen.append(schedule.lr)
            descent.step()
            schedule.after_batch()
        schedule.after_epoch(loss=1.0, accuracy=0.0)
    assert seen.index(max(seen)) == 9
    assert max(seen) == pytest.approx(2.0)
    assert seen[0] == pytest.approx(2 / 25)
    assert seen[-1] == pytest.approx(2 / 25 / 1e4)


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("NLLLoss", nn.NLLLoss()),
        ({"CrossEntropyLoss": 0.1}, nn.CrossEntropyLoss(label_smoothing=0.1)),
    ],
)
def test_the_loss_is_torchs_of_that_name(written: Any, made: nn.Module) -> None:
    found = optimize.criterion(LOSSES.read(written))
    assert repr(found) == repr(made)
    assert getattr(found, "label_smoothing", 0) == getattr(made, "label_smoothing", 0)
