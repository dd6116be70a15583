"""Which run is meant."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.runner.run.lock import NAME
from netspec.runs import past

LAST = ".last"
"""The file beside the runs with the name and number of the one that started last.

Neither times of files nor dates say it: folders are copied, and clocks are set back.
"""


def remember(folder: Path) -> None:
    """Say that the run in a folder is the one that started last."""
    place = folder.resolve()
    runs = place.parent.parent
    if place.name.isdecimal():
        files.sweep(runs, LAST)
        # A folder that cannot be written is no reason not to train.
        with suppress(NetspecError):
            text = f"{place.parent.name}/{place.name}\n"
            files.replace(runs / LAST, os.fsencode(text))


def find(run: str, runs: Path) -> Path:
    """The folder of a run: a path, or `last` for the one in `runs` that started last."""
    if run != "last":
        folder = Path(run)
        if not (folder / "spec.yaml").is_file():
            hint = "name its folder, such as runs/digits/1, or last"
            raise UsageError(f"no run in {folder}: it holds no spec.yaml", hint)
        return folder
    started = [
        spec.parent
        for spec in runs.glob("*/*/spec.yaml")
        if spec.parent.name.isdecimal() and spec.is_file() and (spec.parent / NAME).is_file()
    ]
    if not started:
        raise UsageError(f"no run in {runs}", "--runs-dir names another place")
    told = _told(runs)
    return next((folder for folder in started if folder == told), max(started, key=_start))


def _told(runs: Path) -> Path | None:
    """The run that was remembered, which may be gone."""
    try:
        name, number = os.fsdecode(files.read(runs / LAST, 4096)).removesuffix("\n").split("/")
    except (OSError, NetspecError, ValueError):
        return None
    return runs / name / number


def _start(folder: Path) -> tuple[str, int, int]:
    """When a run started, as far as it is known, for runs of before that was remembered."""
    try:
        date = past.environment(folder).get("date")
    except UsageError:
        date = None
    locked = (folder / NAME).stat().st_mtime_ns
    return date if isinstance(date, str) else "", locked, int(folder.name)
