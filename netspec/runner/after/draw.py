"""The pictures that a run ends with."""

from __future__ import annotations

from pathlib import Path

from netspec.disk import files
from netspec.runner.after import pictures
from netspec.runner.after.eval import judge
from netspec.runner.after.trained import open_run
from netspec.runner.data.images import Dataset
from netspec.runs import past as runs
from netspec.runs.answers import FILE


def draw(folder: Path, data: Dataset, device: str) -> None:
    """Leave curves.png, and what the task draws and keeps of the best weights' answers."""
    run = open_run(folder, device, note=lambda told: None)  # whoever goes on with a run knows it
    follows = run.plan.task.traits.follows
    goal = run.train.goal.wanted.get(follows.name) if run.train.goal else None
    title = f"{run.plan.name} {folder.name}"
    rows = runs.epochs(folder)
    pictures.curves(folder / "curves.png", title, rows, data.judged, follows, goal)
    judged = judge(run, data, data.judged)
    if kept := judged.kept(runs.summary(folder)["best"]["epoch"]):
        files.replace(folder / FILE, kept.text().encode())
    judged.draw(folder, title)
