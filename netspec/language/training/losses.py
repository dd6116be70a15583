"""`torch.nn`: losses, each with what it reads and what it compares that with."""
# ruff: noqa: N802 (the names are torch's)

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from netspec.language.training.tasks import Targets
from netspec.language.training.vocabulary import (
    Choice,
    NotNegative,
    Positive,
    UnitInterval,
    Vocabulary,
)


class LossTraits(NamedTuple):
    reads: Literal["logits", "log-probabilities", "values"]
    """What it takes the network's output for."""
    targets: Targets
    """What it compares that with."""
    applies: str | None
    """The layer that it has in it, and that the network therefore must not end with."""


ClassWeights = Annotated[
    Annotated[list[Positive], Field(min_length=1)] | None,
    Field(description="of each class in the mean; default: all alike"),
]

LOSSES: Vocabulary[LossTraits] = Vocabulary("loss")


@LOSSES.word(LossTraits(reads="logits", targets="classes", applies="LogSoftmax"))
def CrossEntropyLoss(
    weight: ClassWeights = None,
    label_smoothing: Annotated[
        UnitInterval, Field(description="share spread over all classes")
    ] = 0.0,
) -> None:
    """Softmax and negative log likelihood in one: for a last layer without activation."""


@LOSSES.word(LossTraits(reads="log-probabilities", targets="classes", applies=None))
def NLLLoss(weight: ClassWeights = None) -> None:
    """Negative log likelihood: for a last layer LogSoftmax."""


@LOSSES.word(LossTraits(reads="values", targets="values", applies=None))
def MSELoss() -> None:
    """Mean of the squared errors."""


@LOSSES.word(LossTraits(reads="values", targets="values", applies=None))
def L1Loss() -> None:
    """Mean of the absolute errors: outliers count less."""


@LOSSES.word(LossTraits(reads="values", targets="values", applies=None))
def SmoothL1Loss(
    beta: Annotated[NotNegative, Field(description="error from which on it is absolute")] = 1.0,
) -> None:
    """Half the squared error over beta below beta, the absolute error less beta / 2 above."""


@LOSSES.word(LossTraits(reads="values", targets="values", applies=None))
def HuberLoss(
    delta: Annotated[Positive, Field(description="error from which on it grows linearly")] = 1.0,
) -> None:
    """Half the squared error below delta, delta times the absolute error less delta / 2 above."""


@LOSSES.word(LossTraits(reads="logits", targets="labels", applies="Sigmoid"))
def BCEWithLogitsLoss(
    pos_weight: Annotated[
        Annotated[list[Positive], Field(min_length=1)] | None,
        Field(description="of each label where it is there; default: as where it is not"),
    ] = None,
) -> None:
    """Sigmoid and cross-entropy of each label in one: for a last layer without activation."""


def for_targets(targets: Targets) -> list[str]:
    """The losses that compare with such targets, in their order."""
    return [name for name, traits in LOSSES.traits.items() if traits.targets == targets]


def inferred(targets: Targets, logarithms: bool) -> Choice[LossTraits]:
    """The loss for such targets and a network that gives logarithms of shares, or else logits."""
    names = for_targets(targets)
    reads = "log-probabilities" if logarithms else LOSSES.traits[names[0]].reads
    return LOSSES.read(next((n for n in names if LOSSES.traits[n].reads == reads), names[0]))
