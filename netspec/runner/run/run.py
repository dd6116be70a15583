"""A run as one process has it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, final

import torch

from netspec.compiler.plan import Plan
from netspec.language.training import Goal
from netspec.language.training.tasks import ACCURACY
from netspec.network.reads import Reads
from netspec.runner.run.metrics import Row, best

Note = Callable[[str], None]


class Run(ABC):
    """The epochs that are done, and where what comes of them goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def best(self) -> Row | None:
        """The epoch whose weights are kept."""
        return best(self.rows)

    @abstractmethod
    def describe(
        self,
        plan: Plan,
        facts: dict[str, Any],
        environment: dict[str, Any],
        reads: Reads,
        figures: Sequence[str] = (ACCURACY.name,),
    ) -> None:
        """Say what is trained, where and on what, and what is measured; nothing is written yet."""

    @abstractmethod
    def saved(self, limit: int, note: Note, force: bool) -> dict[str, Any] | None:
        """The state to go on from, None where nothing was saved yet.

        `limit` is the most bytes that a checkpoint can have. Raises NetspecError where the run was
        made with another spec, data or machine; with `force` the difference goes to `note`.
        """

    @abstractmethod
    def begin(self, model: torch.nn.Module, whole_epochs: bool) -> None:
        """Write what is known at the start, and what follows from the epochs taken up.

        With `whole_epochs` the model is at the end of the last of them.
        """

    @abstractmethod
    def add(self, row: Row, state: dict[str, Any], model: torch.nn.Module) -> None:
        """Record an epoch, and the weights where it is the best so far."""

    @abstractmethod
    def due(self, seconds: float) -> bool:
        """Whether the last checkpoint is so long ago."""

    @abstractmethod
    def checkpoint(self, state: dict[str, Any]) -> None:
        """Keep what going on from here needs."""

    @abstractmethod
    def end(self, status: str, params: int, goal: Goal | None) -> None:
        """Sum up what was begun; `status` is finished, interrupted or failed."""

    @abstractmethod
    def close(self) -> None:
        """Leave the folder to others."""


@final
class Follower(Run):
    """The run as all processes but the first have it: figures, and no files."""

    def describe(
        self,
        plan: Plan,
        facts: dict[str, Any],
        environment: dict[str, Any],
        reads: Reads,
        figures: Sequence[str] = (ACCURACY.name,),
    ) -> None:
        pass

    def saved(self, limit: int, note: Note, force: bool) -> dict[str, Any] | None:
        return None  # the first process has it

    def begin(self, model: torch.nn.Module, whole_epochs: bool) -> None:
        pass

    def add(self, row: Row, state: dict[str, Any], model: torch.nn.Module) -> None:
        self.rows.append(row)

    def due(self, seconds: float) -> bool:
        return False

    def checkpoint(self, state: dict[str, Any]) -> None:
        pass

    def end(self, status: str, params: int, goal: Goal | None) -> None:
        pass

    def close(self) -> None:
        pass
