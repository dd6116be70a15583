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


def made(choice: Choice[SchedulerTraits], epochs: int) -> optimize.Schedule:
    descent = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=1.0, momentum=0.9)
    return optimize.Schedule(choice, descent, epochs, steps=3)


def groups(schedule: optimize.Schedule) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in group.items() if key != "params"}
        for group in schedule.optimizer.param_groups
    ]


def walked(
    choice: Choice[SchedulerTraits], epochs: int, judged: list[tuple[float, float]], step: int = 0
) -> optimize.Schedule:
    """A schedule for so many epochs that some of them were trained with."""
    schedule = made(choice, epochs)
    for figures in judged:
        for _ in range(3):
            schedule.optimizer.step()
            schedule.after_batch()
        schedule.after_epoch(*figures)
    for _ in range(step):
        schedule.optimizer.step()
        schedule.after_batch()
    return schedule


JUDGED = [(2.0, 0.1), (1.0, 0.5), (1.0, 0.5), (3.0, 0.5)]
DEFAULTS = [
    *map(some, SCHEDULERS.words),
    SCHEDULERS.read({"CosineAnnealingLR": 2}),
    SCHEDULERS.read({"ReduceLROnPlateau": {"patience": 0, "mode": "max"}}),
]


@pytest.mark.parametrize("choice", DEFAULTS, ids=str)
@pytest.mark.parametrize("step", [0, 2])
@pytest.mark.parametrize("epochs", [5, 9])
def test_a_schedule_taken_up_stands_where_one_that_was_made_for_all_epochs_does(
    choice: Choice[SchedulerTraits], step: int, epochs: int
) -> None:
    whole, taken = walked(choice, epochs, JUDGED, step), made(choice, epochs)
    taken.forward(JUDGED, step)
    for schedule in (whole, taken):
        schedule.optimizer.step()
    assert groups(taken) == groups(whole)
    for schedule in (whole, taken):
        for _ in range(3 - step):
            schedule.after_batch()
        schedule.after_epoch(1.0, 0.5)
    assert groups(taken) == groups(whole)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"StepLR": 2}, None),
        ({"MultiStepLR": [[1, 4]]}, "MultiStepLR came to its end with epoch 4: {}stays at 0.01"),
        ({"MultiStepLR": [[1, 5]]}, None),
        ({"ExponentialLR": 0.5}, None),
        ("CosineAnnealingLR", None),
        ({"CosineAnnealingLR": 3}, "CosineAnnealingLR came to its end with epoch 3: {}rises again"),
        ({"CosineAnnealingWarmRestarts": 2}, None),
        ({"OneCycleLR": 1.0}, None),
        ({"LinearLR": [0.5, 1, 2]}, "LinearLR came to its end with epoch 2: {}stays at 1"),
        ("ConstantLR", None),
        ({"ConstantLR": [0.5, 4]}, "ConstantLR came to its end with epoch 4: {}stays at 1"),
        ({"PolynomialLR": 4}, "PolynomialLR came to its end with epoch 4: {}stays at 0"),
        ({"ReduceLROnPlateau": {"patience": 0}}, None),
    ],
    ids=str,
)
def test_a_schedule_at_its_end_says_so_where_epochs_are_to_come(
    written: Any, told: str | None
) -> None:
    taken = made(SCHEDULERS.read(written), 9)
    taken.forward(JUDGED, 0)
    assert taken.ended(4) == (told and told.format("the learning rate "))
    assert taken.ended(9) is None


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
        schedule.after_epoch(loss=1.0, rising=epoch / 4)
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
        schedule.after_epoch(loss=1.0, rising=0.0)
    assert seen.index(max(seen)) == 9
    assert max(seen) == pytest.approx(2.0)
    assert seen[0] == pytest.approx(2 / 25)
    assert seen[-1] == pytest.approx(2 / 25 / 1e4)


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("NLLLoss", nn.NLLLoss()),
        ({"CrossEntropyLoss": {"label_smoothing": 0.1}}, nn.CrossEntropyLoss(label_smoothing=0.1)),
    ],
)
def test_the_loss_is_torchs_of_that_name(written: Any, made: nn.Module) -> None:
    found = optimize.criterion(LOSSES.read(written))
    assert repr(found) == repr(made)
    assert getattr(found, "label_smoothing", 0) == getattr(made, "label_smoothing", 0)
