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


def inferred(last: str) -> Part:
    """Return the loss that goes with `last`, the kind of the network's last computing layer."""
    return LOSSES.read("NLLLoss" if last == "LogSoftmax" else "CrossEntropyLoss")
