"""A run's folder: what was trained, where, and every figure of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from time import monotonic
from typing import Any, Self, final

import torch

from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.language.training import Goal
from netspec.language.training.tasks import ACCURACY
from netspec.network.load import BEST
from netspec.network.packed import packed
from netspec.network.reads import Reads
from netspec.runner.run import checkpoint
from netspec.runner.run.events import Events
from netspec.runner.run.facts import changed, differences
from netspec.runner.run.latest import remember
from netspec.runner.run.lock import Lock
from netspec.runner.run.metrics import Row, line, reached, saved
from netspec.runner.run.run import Note, Run
from netspec.runs.settings import settings
from netspec.source import parse

METRICS = "metrics.jsonl"
GENERATORS = ("chance", "cuda")
"""What a state has of generators on the device; None stands for what the seed gives."""


@final
class Writer(Run):
    """The run as the first process has it: a numbered folder that nothing else writes to."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; NetspecError where another process has it."""
        super().__init__(folder)
        self._lock = Lock(folder)
        self._events: Events | None = None
        files.sweep(folder)
        self._saved = monotonic()

    @classmethod
    def create(cls, runs: Path, name: str) -> Self:
        """Make the next numbered folder below `runs`/`name`."""
        parent = runs / name
        try:
            parent.mkdir(parents=True, exist_ok=True)
            taken = [int(entry.name) for entry in parent.iterdir() if entry.name.isdecimal()]
            number = max(taken, default=0) + 1
            while True:
                try:
                    (parent / str(number)).mkdir()
                    return cls(parent / str(number))
                except FileExistsError:  # another run was quicker
                    number += 1
        except OSError as error:
            raise NetspecError(
                f"cannot make a run folder in {parent}: {error.strerror or error}",
                "--runs-dir names another place",
            ) from None

    def close(self) -> None:
        if self._events:
            with suppress(OSError):
                self._events.close()
        self._lock.close()

    def describe(
        self,
        plan: Plan,
        facts: dict[str, Any],
        environment: dict[str, Any],
        reads: Reads,
        figures: Sequence[str] = (ACCURACY.name,),
    ) -> None:
        self._plan, self._spec, self._reads = plan, plan.source, reads
        self._facts, self._environment, self._figures = facts, environment, figures

    def saved(self, limit: int, note: Note, force: bool) -> dict[str, Any] | None:
        content = checkpoint.load(self.folder, limit, note, force)
        if content is None:
            return None
        found, text = content.get("facts"), content.get("spec")
        if not isinstance(found, dict) or not isinstance(text, str):
            raise NetspecError(f"a checkpoint in {self.folder} does not say how it was made")
        state: dict[str, Any] = content["state"]
        for difference in differences(found, self._facts):
            message = difference.message
            if difference.name == "spec":
                message = changed(parse(text, "checkpoint").data, self._spec.data) or message
            message = f"{self.folder} was made with {message}"
            if not force:
                raise NetspecError(message, difference.hint)
            if difference.name == "device":
                # Those of one kind of device mean nothing to another.
                state = {**state, **dict.fromkeys(GENERATORS)}
                message += "; augmentations and dropout are drawn from the seed anew"
            note(message)
        self.rows = list(saved(content, self._figures))
        note(f"going on after epoch {len(self.rows)}, step {state.get('step')} of the next")
        return state

    def begin(self, model: torch.nn.Module, whole_epochs: bool) -> None:
        self._text("spec.yaml", self._spec.text)
        remember(self.folder)
        self._json("environment.json", self._environment)
        if self.rows or (self.folder / METRICS).exists():
            self._text(METRICS, "".join(map(line, self.rows)))
        if self.rows and whole_epochs and self.best is self.rows[-1]:
            self._keep_best(model)
        judged = str(self._environment.get("judged", "test"))
        self._events = Events(self.folder, self._plan, self.rows, judged, settings(self.folder))
        self._saved = monotonic()

    def add(self, row: Row, state: dict[str, Any], model: torch.nn.Module) -> None:
        # The checkpoint is first: the other files follow from it, and are made again if need be.
        self.rows.append(row)
        self.checkpoint(state)
        files.append(self.folder / METRICS, line(row))
        if self._events:
            self._events.add(row)
        if self.best is row:
            self._keep_best(model)

    def due(self, seconds: float) -> bool:
        return monotonic() - self._saved >= seconds

    def checkpoint(self, state: dict[str, Any]) -> None:
        rows = [row.record() for row in self.rows]
        content = {"spec": self._spec.text, "facts": self._facts, "rows": rows, "state": state}
        checkpoint.save(self.folder, content)
        self._saved = monotonic()

    def _keep_best(self, model: torch.nn.Module) -> None:
        tensors = {key: value.cpu().contiguous() for key, value in model.state_dict().items()}
        told = {"spec": self._spec.text, **self._reads.metadata()}
        files.replace(self.folder / BEST, packed(tensors, told))

    def end(self, status: str, params: int, goal: Goal | None) -> None:
        if not self._events:
            return
        # A run that ends early has its own message.
        with nullcontext() if status == "finished" else suppress(NetspecError):
            self._sum_up(status, params, goal)
        if status == "finished":
            self._events.finish()

    def _sum_up(self, status: str, params: int, goal: Goal | None) -> None:
        best, last = self.best, self.rows[-1] if self.rows else None
        self._json(
            "summary.json",
            {
                "schema": 1,
                "status": status,
                "params": params,
                "epochs": len(self.rows),
                "seconds": round(sum(row.seconds for row in self.rows), 3),
                "best": best and best.record(),
                "last": last and last.record(),
                "goal": goal and {**_told(goal), "reached": reached(goal, self.rows)},
            },
        )

    def _json(self, name: str, value: dict[str, Any]) -> None:
        self._text(name, json.dumps(value, indent=2) + "\n")

    def _text(self, name: str, text: str) -> None:
        files.replace(self.folder / name, text.encode())


def _told(goal: Goal) -> dict[str, Any]:
    return {**goal.wanted, "last_epochs": goal.last_epochs}
