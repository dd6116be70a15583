"""`torch.optim.swa_utils`: averages of weights, judged and kept in place of the last ones."""
# ruff: noqa: N802 (the names are those of the papers)

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from netspec.language.training.vocabulary import Vocabulary, WholeNumber


class AverageTraits(NamedTuple):
    """An average is moved on after each batch, by a decay, or after each epoch, from a start on."""

    decay: str | None
    """Its argument with the share of the average that a batch leaves."""
    start: str | None
    """Its argument with the first epoch that counts."""


AVERAGES: Vocabulary[AverageTraits] = Vocabulary("average")


@AVERAGES.word(AverageTraits(decay="decay", start=None))
def EMA(
    decay: Annotated[float, Field(ge=0, lt=1, description="share of the average kept")] = 0.999,
) -> None:
    """Exponential moving average of weights and running statistics, from step to step.

    After n steps no more than (1 + n) / (10 + n) is kept, so that the first weights soon count for
    nothing (as in tf.train.ExponentialMovingAverage).
    """


@AVERAGES.word(AverageTraits(decay=None, start="start_epoch"))
def SWA(
    start_epoch: Annotated[WholeNumber, Field(description="first epoch whose weights count")],
) -> None:
    """Mean of the weights after each epoch (Izmailov et al., 2018), with statistics of its own."""
