"""The figures of each epoch, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.language.training import FIGURES, EarlyStopping, Figure, Goal
from netspec.runner.run.untrusted import refused


@dataclass(frozen=True, slots=True)
class Row:
    """One epoch; its figures are attributes, such as `accuracy` and `train_accuracy`."""

    epoch: int
    """From 1."""
    train_loss: float
    trained: Mapping[str, float]
    """The task's figures while it learnt."""
    loss: float
    judged: Mapping[str, float]
    """Those of the images that it is judged on, as `loss` is; the first decides what is best."""
    lr: float
    """That of the epoch's last step."""
    seconds: float

    def __getattr__(self, name: str) -> float:
        if name in FIGURES and name in self.judged:
            return self.judged[name]
        learnt = name.removeprefix("train_")
        if learnt != name and learnt in FIGURES and learnt in self.trained:
            return self.trained[learnt]
        raise AttributeError(f"an epoch has no {name}")

    def record(self) -> dict[str, Any]:
        """All of it under the names that files have."""
        return {
            "epoch": self.epoch,
            "train_loss": self.train_loss,
            **{f"train_{name}": value for name, value in self.trained.items()},
            "loss": self.loss,
            **self.judged,
            "lr": self.lr,
            "seconds": self.seconds,
        }

    @classmethod
    def of(cls, record: Mapping[str, Any], figures: Sequence[str]) -> Row:
        """The epoch of a record with these figures."""
        return cls(
            record["epoch"], record["train_loss"],
            {name: record[f"train_{name}"] for name in figures},
            record["loss"], {name: record[name] for name in figures},
            record["lr"], record["seconds"],
        )  # fmt: skip


def line(row: Row) -> str:
    return json.dumps(row.record()) + "\n"


def saved(content: dict[str, Any], figures: Sequence[str]) -> Iterator[Row]:
    """The epochs of a checkpoint; NetspecError where they cannot be what a run wrote."""
    found, state = content.get("rows"), content.get("state")
    zero = dict.fromkeys(figures, 0.0)
    names = [*Row(0, 0.0, zero, 0.0, zero, 0.0, 0.0).record()]
    if not isinstance(found, list) or not isinstance(state, dict):
        raise refused("it has no state")
    if len(found) != state.get("epoch"):
        raise refused("its epochs are not all there")
    for epoch, row in enumerate(found, 1):
        right = isinstance(row, dict) and list(row) == names and row["epoch"] == epoch
        if not right or not all(type(v) in (int, float) and isfinite(v) for v in row.values()):
            raise NetspecError(
                f"the checkpoint does not fit the spec: rows.{epoch - 1} is no epoch"
            )
        yield Row.of(row, figures)


def best(rows: Sequence[Row]) -> Row | None:
    """The epoch with the best figure, of equals that with the lower loss, then the first."""

    def rank(row: Row) -> tuple[float, float]:
        name, value = next(iter(row.judged.items()))
        return FIGURES[name].sign * value, -row.loss

    return max(rows, key=rank, default=None)


def reached(goal: Goal | None, rows: Sequence[Row]) -> bool | None:
    """Whether enough epochs at the end are good enough, None without a goal."""
    if goal is None:
        return None
    last = rows[-goal.last_epochs :]
    return len(last) == goal.last_epochs and all(
        FIGURES[name].reached(row.judged[name], wanted)
        for row in last
        for name, wanted in goal.wanted.items()
    )


def stalled(stopping: EarlyStopping | None, rows: Sequence[Row]) -> str:
    """Why training is to end before its last epoch, nothing where it is to go on."""
    if stopping is None:
        return ""
    figure: Figure | None = FIGURES.get(stopping.monitor)  # else the loss
    top, waited = -float("inf"), 0
    for row in rows:
        value = figure.sign * row.judged[figure.name] if figure else -row.loss
        waited += 1
        if value > top + stopping.min_delta:
            top, waited = value, 0
    if waited < stopping.patience:
        return ""
    better = figure.better if figure else "lower"
    return f"no {better} {stopping.monitor} since epoch {len(rows) - waited}"
