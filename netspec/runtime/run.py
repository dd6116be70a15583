"""A run's folder: what was trained, where, and every figure of it."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import save_file

import netspec
from netspec.diagnostic import NetspecError
from netspec.runtime import files
from netspec.training import Goal


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


class Run:
    """A numbered folder that nothing else writes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[Row] = []

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

    @property
    def best(self) -> Row | None:
        """The epoch with the highest accuracy, the first of equals."""
        return max(self.rows, key=lambda row: row.accuracy, default=None)

    def begin(self, spec: str, environment: dict[str, Any]) -> None:
        from tensorboardX import SummaryWriter

        self.spec = spec
        self._text("spec.yaml", spec)
        self._json("environment.json", environment)
        self._metrics = (self.folder / "metrics.jsonl").open("a", encoding="utf-8")
        self._events = SummaryWriter(str(self.folder), write_to_disk=True)

    def add(self, row: Row, model: torch.nn.Module) -> None:
        """Record an epoch, and the weights where it is the best so far."""
        self.rows.append(row)
        self._metrics.write(json.dumps(asdict(row)) + "\n")
        self._metrics.flush()
        for name, value in asdict(row).items():
            if name != "epoch":
                self._events.add_scalar(name, value, row.epoch)
        self._events.flush()
        if self.best is row:
            self.weights("best.safetensors", model)

    def weights(self, name: str, model: torch.nn.Module) -> None:
        tensors = {key: value.cpu().contiguous() for key, value in model.state_dict().items()}
        files.replace(
            self.folder / name, lambda path: save_file(tensors, path, metadata={"spec": self.spec})
        )

    def checkpoint(self, state: dict[str, Any]) -> None:
        files.replace(self.folder / "last.ckpt", lambda path: torch.save(state, path))

    def end(self, status: str, params: int, goal: Goal | None) -> None:
        """Sum up; `status` is finished, interrupted or failed."""
        best, last = self.best, self.rows[-1] if self.rows else None
        self._json(
            "summary.json",
            {
                "schema": 1,
                "status": status,
                "params": params,
                "epochs": len(self.rows),
                "seconds": round(sum(row.seconds for row in self.rows), 3),
                "best": best and asdict(best),
                "last": last and asdict(last),
                "goal": goal and {**goal.model_dump(), "reached": reached(goal, self.rows)},
            },
        )
        self._metrics.close()
        self._events.close()

    def _json(self, name: str, value: dict[str, Any]) -> None:
        self._text(name, json.dumps(value, indent=2) + "\n")

    def _text(self, name: str, text: str) -> None:
        files.replace(self.folder / name, lambda path: path.write_text(text, encoding="utf-8"))


def reached(goal: Goal | None, rows: list[Row]) -> bool | None:
    """Return whether enough epochs at the end are good enough, None without a goal."""
    if goal is None:
        return None
    last = rows[-goal.last_epochs :]
    return len(last) == goal.last_epochs and all(row.accuracy >= goal.accuracy for row in last)


def environment(device: str, more: dict[str, Any]) -> dict[str, Any]:
    """Return what a result depends on beside the spec."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "netspec": netspec.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "platform": platform.platform(),
        "device": device,
        "threads": torch.get_num_threads(),
        "command": sys.argv,
        "git": _commit(),
        **more,
    }


def _commit() -> str | None:
    """Return the commit of the working folder, marked where files differ from it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],  # noqa: S607
            capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
