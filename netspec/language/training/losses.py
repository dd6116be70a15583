"""`torch.nn`: the losses of a classifier."""
# ruff: noqa: N802 (the names are torch's)

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.language.training.vocabulary import Part, Share, Vocabulary


def CrossEntropyLoss(
    label_smoothing: Annotated[Share, Field(description="share spread over all classes")] = 0.0,
) -> None:
    """Softmax and negative log likelihood in one: for a last layer without activation."""


def NLLLoss() -> None:
    """Negative log likelihood: for a last layer LogSoftmax."""


LOSSES = Vocabulary("loss", (CrossEntropyLoss, NLLLoss))


def inferred(logarithms: bool) -> Part:
    """The loss that goes with a network that gives logarithms of shares, or else logits."""
    return LOSSES.read("NLLLoss" if logarithms else "CrossEntropyLoss")
