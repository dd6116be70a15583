"""`torch.optim.lr_scheduler`: most take one step an epoch, OneCycleLR one step a batch.

What the run knows is filled in: the number of all steps, and a length where it is left out.
"""
# ruff: noqa: N802, N803 (names and order are torch's)

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.language.training.vocabulary import (
    NotNegative,
    Positive,
    UnitInterval,
    Vocabulary,
    WholeNumber,
)

Gamma = Annotated[Positive, Field(description="factor on the learning rate")]
EtaMin = Annotated[NotNegative, Field(description="lowest learning rate")]
Below = Annotated[float, Field(ge=0, lt=1)]
Iterations = Annotated[WholeNumber, Field(description="epochs until the last value")]


class SchedulerTraits(NamedTuple):
    each: Literal["batch", "epoch", "judged"]
    """What it steps after; a judged epoch gives it the loss, or in mode max the accuracy."""
    waits: str | None
    """Its argument with the epochs until something happens, or several of them, rising."""
    length: str | None
    """Its argument with the epochs until its last value; where that is left out, it takes all."""
    ends: str | None
    """Its argument with the epochs, the last where it has several, after which it has no plan."""
    returns: bool
    """Whether the rate then rises again, where else it stays."""
    steps: str | None
    """Torch's argument for the number of all steps, which the run knows and a spec leaves out."""
    peak: str | None
    """Its argument with the highest rate, where that counts in place of the optimizer's."""


SCHEDULERS: Vocabulary[SchedulerTraits] = Vocabulary("scheduler")


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits="step_size", length=None, ends=None,
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def StepLR(
    step_size: Annotated[WholeNumber, Field(description="epochs between two drops")],
    gamma: Gamma = 0.1,
) -> None:
    """Multiply the learning rate by gamma every step_size epochs."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits="milestones", length=None, ends="milestones",
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def MultiStepLR(
    milestones: Annotated[
        list[WholeNumber], Field(min_length=1, description="epochs after which it drops, rising")
    ],
    gamma: Gamma = 0.1,
) -> None:
    """Multiply the learning rate by gamma after each milestone."""
    if milestones != sorted(set(milestones)):
        raise Fault("milestones-not-rising", f"milestones {milestones} do not rise",
                    f"{sorted(set(milestones))} would", ("milestones",))  # fmt: skip


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length=None, ends=None,
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def ExponentialLR(gamma: Gamma) -> None:
    """Multiply the learning rate by gamma every epoch."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length="T_max", ends="T_max",
        returns=True, steps=None, peak=None,
    )
)  # fmt: skip
def CosineAnnealingLR(
    T_max: Annotated[
        WholeNumber | None, Field(description="epochs to the minimum; default: all")
    ] = None,
    eta_min: EtaMin = 0.0,
) -> None:
    """Half a cosine from the learning rate down to eta_min (Loshchilov and Hutter, 2017)."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length="T_0", ends=None,
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def CosineAnnealingWarmRestarts(
    T_0: Annotated[WholeNumber, Field(description="epochs of the first cosine")],
    T_mult: Annotated[
        WholeNumber, Field(description="factor on the length after each restart")
    ] = 1,
    eta_min: EtaMin = 0.0,
) -> None:
    """Cosines from the learning rate to eta_min, one after another."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="batch", waits=None, length=None, ends=None,
        returns=False, steps="total_steps", peak="max_lr",
    )
)  # fmt: skip
def OneCycleLR(
    max_lr: Annotated[Positive, Field(description="highest learning rate of the cycle")],
    pct_start: Annotated[
        UnitInterval, Field(description="share of the cycle in which it rises")
    ] = 0.3,
    anneal_strategy: Annotated[Literal["cos", "linear"], Field(description="its shape")] = "cos",
    cycle_momentum: Annotated[
        bool, Field(description="move momentum (or the first beta) the other way")
    ] = True,
    base_momentum: Annotated[Below, Field(description="lowest momentum")] = 0.85,
    max_momentum: Annotated[Below, Field(description="highest momentum")] = 0.95,
    div_factor: Annotated[Positive, Field(description="max_lr over the first rate")] = 25.0,
    final_div_factor: Annotated[Positive, Field(description="first over the last rate")] = 1e4,
    three_phase: Annotated[bool, Field(description="fall as it rose, then to the last")] = False,
) -> None:
    """One rise and one fall over the whole run, a step each batch (Smith and Topin, 2018)."""
    if base_momentum > max_momentum:
        raise Fault("range-reversed", f"base_momentum {base_momentum} is above max_momentum",
                    f"{max_momentum} at most", ("base_momentum",))  # fmt: skip


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length="total_iters", ends="total_iters",
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def LinearLR(
    start_factor: Annotated[
        float, Field(gt=0, le=1, description="factor on the learning rate at the start")
    ] = 1 / 3,
    end_factor: Annotated[UnitInterval, Field(description="factor at the end")] = 1.0,
    total_iters: Iterations = 5,
) -> None:
    """A straight line from start_factor to end_factor: a warm-up."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length="total_iters", ends="total_iters",
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def ConstantLR(
    factor: Annotated[float, Field(gt=0, le=1, description="factor until total_iters")] = 1 / 3,
    total_iters: Iterations = 5,
) -> None:
    """A smaller learning rate for the first epochs."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="epoch", waits=None, length="total_iters", ends="total_iters",
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def PolynomialLR(
    total_iters: Iterations = 5,
    power: Annotated[NotNegative, Field(description="1 is a straight line")] = 1.0,
) -> None:
    """Fall to zero as a power of the epochs that are left."""


@SCHEDULERS.word(
    SchedulerTraits(
        each="judged", waits="patience", length=None, ends=None,
        returns=False, steps=None, peak=None,
    )
)  # fmt: skip
def ReduceLROnPlateau(
    mode: Annotated[Literal["min", "max"], Field(description="what is watched, see below")] = "min",
    factor: Annotated[float, Field(gt=0, lt=1, description="factor on the learning rate")] = 0.1,
    patience: Annotated[int, Field(ge=0, description="epochs without progress to wait")] = 10,
    threshold: Annotated[NotNegative, Field(description="what counts as progress")] = 1e-4,
    threshold_mode: Annotated[
        Literal["rel", "abs"], Field(description="threshold as a share, or as it is")
    ] = "rel",
    cooldown: Annotated[int, Field(ge=0, description="epochs to rest after a drop")] = 0,
    min_lr: Annotated[NotNegative, Field(description="lowest learning rate")] = 0,
    eps: Annotated[NotNegative, Field(description="smaller drops are left out")] = 1e-8,
) -> None:
    """Drop the learning rate when the loss (mode min) or the accuracy (mode max) stands still."""
