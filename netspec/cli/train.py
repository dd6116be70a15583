"""netspec train."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netspec.cli import complete, launch
from netspec.cli.changed import advise, changed_with_data
from netspec.cli.extra import torch_for
from netspec.cli.options import Changes, DataDir, Device, OwnData, RunsDir, Threads
from netspec.cli.terminal import look, put, tell
from netspec.diagnostic import UsageError

if TYPE_CHECKING:
    from netspec.compiler.plan import Plan


def train(
    spec: Annotated[
        Path | None, typer.Argument(help="The spec to train.", show_default=False)
    ] = None,
    data_dir: DataDir = Path("data"),
    data: OwnData = None,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs, in place of the spec's.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed, in place of the spec's.", show_default=False)
    ] = None,
    device: Device = "auto",
    devices: Annotated[
        int | None,
        typer.Option(
            min=1, help="Train in this many processes: one for each GPU.", show_default="1"
        ),
    ] = None,
    set: Changes = None,
    runs_dir: RunsDir = Path("runs"),
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="RUN|FILE",
            help="Start from the best weights of a run, or from a .safetensors file: "
            "what has the name and shape of a tensor.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="Go on with a run: its folder, or last for the one started last. "
            "It ends as if it had never stopped.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Go on though spec, data or machine are others.")
    ] = False,
    save_every: Annotated[
        float,
        typer.Option(min=0, help="Seconds between checkpoints within an epoch."),
    ] = 60,
    threads: Threads = None,
) -> None:
    """Train a spec on its data set and keep the run in a numbered folder.

    Exits with 0 if all is well, 1 if the spec has an error or its goal was missed, 2 for wrong
    use, 3 if the run failed, 130 or 143 if it was interrupted (what was learnt is saved).
    """
    from netspec.compiler import compile
    from netspec.runner.run.latest import find
    from netspec.runs import past

    launch.hush()
    folder = find(resume, runs_dir) if resume else None
    spec = spec or (folder and folder / "spec.yaml")
    if spec is None:
        raise UsageError("nothing to train", "give a spec, or a run with --resume")
    changes = list(set or ())
    if epochs is not None:
        changes.append(f"train.epochs={epochs}")
    if seed is not None:
        changes.append(f"train.seed={seed}")
    text, data_dir = changed_with_data(spec, changes, data_dir)
    plan = compile(text)
    if folder:
        plan.name = folder.resolve().parent.name
    if plan.spec.train and devices and devices > 1 and not launch.told():
        raise typer.Exit(launch.launch(devices))
    advise(plan)
    if weights and not Path(weights).is_file():
        weights = str(past.find(weights, runs_dir))
    settings = {
        "data": data,
        "weights": weights,
        "resume": folder,
        "force": force,
        "save_every": save_every,
        "threads": threads,
    }
    reached = _run(plan, data_dir, device, runs_dir, **settings)
    if reached is False:
        raise typer.Exit(1)


def _run(plan: Plan, data_dir: Path, device: str, runs_dir: Path, **settings: Any) -> bool | None:
    """Show the network, train it and sum up; whether the goal was reached."""
    from netspec.language.training import FIGURES
    from netspec.render.table import render
    from netspec.render.words import figure_of, figure_text, goal_text

    goal = plan.train.goal
    put(f"{render(plan, look(sys.stdout))}\n")
    with torch_for("train"):
        from netspec.runner.data.called import called
        from netspec.runner.train import train
    if settings["data"]:
        settings["data"] = called(settings["data"])
    result = train(plan, data_dir, device, runs_dir, out=sys.stdout, **settings)
    best, last, follows = result.best, result.rows[-1], result.task.follows
    if goal:
        wanted = " and ".join(goal_text(FIGURES[name], one) for name, one in goal.wanted.items())
        several = goal.last_epochs > 1
        wanted += f" in each of the last {goal.last_epochs} epochs" * several
        wanted += " in the last epoch" * (not several)
        tell(f"goal {'reached' if result.reached else 'missed'}: {wanted}")
    at_the_end = figure_of(follows, last.judged[follows.name])
    at_best = figure_text(follows, best.judged[follows.name])
    tell(
        f"{plan.name}: {at_the_end} in the last epoch, best {at_best} "
        f"in epoch {best.epoch}: {result.folder}"
    )
    return result.reached
