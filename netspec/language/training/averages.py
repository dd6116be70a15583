"""`torch.optim.swa_utils`: averages of weights, judged and kept in place of the last ones."""
# ruff: noqa: N802 (the names are those of the papers)

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.language.training.vocabulary import Count, Vocabulary


def EMA(
    decay: Annotated[float, Field(ge=0, lt=1, description="share of the average kept")] = 0.999,
) -> None:
    """Exponential moving average of weights and running statistics, from step to step.

    After n steps no more than (1 + n) / (10 + n) is kept, so that the first weights soon count for
    nothing (as in tf.train.ExponentialMovingAverage).
    """


def SWA(
    start_epoch: Annotated[Count, Field(description="first epoch whose weights count")],
) -> None:
    """Mean of the weights after each epoch (Izmailov et al., 2018), with statistics of its own."""


AVERAGES = Vocabulary("average", (EMA, SWA))
