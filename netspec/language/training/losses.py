"""`torch.nn`: the losses of a classifier."""
# ruff: noqa: N802 (the names are torch's)

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from netspec.language.training.vocabulary import Choice, Positive, UnitInterval, Vocabulary


class LossTraits(NamedTuple):
    reads: Literal["logits", "log-probabilities"]
    """What it takes the network's output for."""


ClassWeights = Annotated[
    Annotated[list[Positive], Field(min_length=1)] | None,
    Field(description="of each class in the mean; default: all alike"),
]

LOSSES: Vocabulary[LossTraits] = Vocabulary("loss")


@LOSSES.word(LossTraits(reads="logits"))
def CrossEntropyLoss(
    weight: ClassWeights = None,
    label_smoothing: Annotated[
        UnitInterval, Field(description="share spread over all classes")
    ] = 0.0,
) -> None:
    """Softmax and negative log likelihood in one: for a last layer without activation."""


@LOSSES.word(LossTraits(reads="log-probabilities"))
def NLLLoss(weight: ClassWeights = None) -> None:
    """Negative log likelihood: for a last layer LogSoftmax."""


def inferred(logarithms: bool) -> Choice[LossTraits]:
    """The loss that goes with a network that gives logarithms of shares, or else logits."""
    return LOSSES.read("NLLLoss" if logarithms else "CrossEntropyLoss")
