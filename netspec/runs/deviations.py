"""How far values are from those that are known: for a sample, and over a part of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TASK = "regression"


class Values(NamedTuple):
    """What is said of a sample."""

    file: Path
    values: Mapping[str, float]
    """Of each target."""

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK


class TargetFigures(NamedTuple):
    """One target, in its own unit."""

    name: str
    mean: float
    """Of what is known."""
    std: float
    mae: float
    rmse: float
    r2: float


class Deviations(NamedTuple):
    """The answers on one part of a data set, and every figure that follows from them."""

    dataset: str
    part: str
    """Of the data set: train, val or test."""
    images: int
    """Samples that were answered on."""
    targets: Sequence[TargetFigures]
    loss: float
    what: str = "samples"

    @property
    def task(self) -> str:
        """What render finds it by."""
        return TASK

    @property
    def mae(self) -> float:
        """The mean over targets, as of the other figures."""
        return self._mean("mae")

    @property
    def rmse(self) -> float:
        """Of each target the root of its own, then their mean."""
        return self._mean("rmse")

    @property
    def r2(self) -> float:
        """1 where all is right, 0 where the mean would do as well."""
        return self._mean("r2")

    def _mean(self, figure: str) -> float:
        every: list[float] = [getattr(one, figure) for one in self.targets]
        return sum(every) / len(every)
