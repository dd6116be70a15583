"""A sweep's folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.runner.run import checkpoint
from netspec.runner.run.folder import METRICS
from netspec.runner.run.lock import Lock

BEST, RESULT = "best.yaml", "test.json"
MAX_SEEDS = 100
_DEATHS = "deaths"
PATIENCE = 3
"""Processes that die at a trial after the same epoch, before it has failed."""
DEATHS = f"{PATIENCE} processes have died at it"


def trial_of(number: int) -> str:
    """What a trial is claimed as."""
    return f"trial-{number}"


def seeded_of(number: int, i: int) -> str:
    """What the i-th run of a trial over seeds is claimed as."""
    return f"trial-{number}-seed-{i}"


class Place:
    """What is where in it: runs, claims to them, and the spec that has won."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.runs = folder / "runs"

    def run(self, number: int) -> Path:
        """The folder of a trial's run."""
        return self.runs / self.name / str(number + 1)

    def seeded(self, number: int, i: int) -> Path:
        """The folder of the i-th run of a trial over seeds."""
        return self.runs / f"{self.name}-seeds" / str(MAX_SEEDS * number + i + 1)

    def claim(self, what: str) -> Lock | None:
        """The right to work on something, None while another process has it."""
        folder = self.folder / "claims" / what
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return Lock(folder, patience=0.0)
        except NetspecError:
            return None

    def claims_of(self, process: int) -> Iterator[str]:
        """What a process that has died was the last to claim."""
        for lock in sorted((self.folder / "claims").glob("*/.lock")):
            with suppress(OSError):
                if lock.read_text(encoding="ascii").strip() == str(process):
                    yield lock.parent.name

    def finish(self, number: int, i: int, told: dict[str, Any]) -> None:
        """Keep what came of a run over seeds."""
        folder = self.seeded(number, i)
        folder.mkdir(parents=True, exist_ok=True)
        files.replace(folder / RESULT, (json.dumps(told, indent=2) + "\n").encode())
        tidy(folder)

    def died(self, what: str, run: Path) -> int:
        """Count a death of a process at a run; how many there were after as many epochs."""
        try:
            epochs = len((run / METRICS).read_bytes().splitlines())
        except OSError:
            epochs = 0
        file = self.folder / "claims" / what / _DEATHS
        with file.open("a", encoding="ascii") as deaths:
            deaths.write(f"{epochs}\n")
        return file.read_text(encoding="ascii").split().count(str(epochs))


def tidy(run: Path) -> None:
    """Remove the checkpoints of a run that is over."""
    for name in (checkpoint.LAST, checkpoint.PREVIOUS):
        with suppress(OSError):
            (run / name).unlink(missing_ok=True)
