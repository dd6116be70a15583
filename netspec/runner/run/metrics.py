"""The figures of each epoch, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.language.training import EarlyStopping, Goal
from netspec.runner.run.untrusted import refused


@dataclass(frozen=True, slots=True)
class Row:
    """One epoch; `loss` and `accuracy` are of the images it is judged on."""

    epoch: int
    """From 1."""
    train_loss: float
    train_accuracy: float
    loss: float
    accuracy: float
    lr: float
    """That of the epoch's last step."""
    seconds: float


def line(row: Row) -> str:
    return json.dumps(asdict(row)) + "\n"


def saved(content: dict[str, Any]) -> Iterator[Row]:
    """The epochs of a checkpoint; NetspecError where they cannot be what a run wrote."""
    found, state = content.get("rows"), content.get("state")
    names = [each.name for each in fields(Row)]
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
        yield Row(**row)


def best(rows: Sequence[Row]) -> Row | None:
    """The epoch with the highest accuracy, of equals that with the lower loss, then the first."""
    return max(rows, key=lambda row: (row.accuracy, -row.loss), default=None)


def reached(goal: Goal | None, rows: Sequence[Row]) -> bool | None:
    """Whether enough epochs at the end are good enough, None without a goal."""
    if goal is None:
        return None
    last = rows[-goal.last_epochs :]
    return len(last) == goal.last_epochs and all(row.accuracy >= goal.accuracy for row in last)


def stalled(stopping: EarlyStopping | None, rows: Sequence[Row]) -> str:
    """Why training is to end before its last epoch, nothing where it is to go on."""
    if stopping is None:
        return ""
    sign = 1 if stopping.monitor == "accuracy" else -1
    top, waited = -float("inf"), 0
    for row in rows:
        value = sign * (row.accuracy if stopping.monitor == "accuracy" else row.loss)
        waited += 1
        if value > top + stopping.min_delta:
            top, waited = value, 0
    if waited < stopping.patience:
        return ""
    better = "lower loss" if stopping.monitor == "loss" else "higher accuracy"
    return f"no {better} since epoch {len(rows) - waited}"
