"""The pictures that a run ends with."""

from __future__ import annotations

from pathlib import Path

from netspec.runner.after import answers, pictures
from netspec.runner.after.eval import judge
from netspec.runner.after.trained import open_run
from netspec.runner.data.images import Dataset
from netspec.runs import past as runs


def draw(folder: Path, data: Dataset, device: str) -> None:
    """Leave curves.png, and what the best weights answer, in the folder of a run."""
    run = open_run(folder, device, note=lambda told: None)  # whoever goes on with a run knows it
    goal = run.train.goal.accuracy if run.train.goal else None
    title = f"{run.plan.name} {folder.name}"
    rows = runs.epochs(folder)
    pictures.curves(folder / "curves.png", title, rows, data.judged, goal)
    judged = judge(run, data, data.judged)
    answers.keep(folder, judged, runs.summary(folder)["best"]["epoch"])
    pictures.confusion(folder / "confusion.png", title, judged.judgement)
