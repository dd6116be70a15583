"""Training a network from its spec."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from torch import nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError
from netspec.language.training import TaskTraits
from netspec.network.build import build
from netspec.network.device import describe
from netspec.network.start import Start, start
from netspec.render import start as started
from netspec.render.words import plural
from netspec.runner.after.draw import draw
from netspec.runner.data.begun import begun
from netspec.runner.data.images import Dataset
from netspec.runner.data.ready import reading, ready, settled
from netspec.runner.data.same import hold
from netspec.runner.fit import SAVE_EVERY, Enough, fit
from netspec.runner.loop.display import Display
from netspec.runner.loop.faster import decided
from netspec.runner.machine import memory as budget
from netspec.runner.machine.allocator import keep_freed
from netspec.runner.machine.determinism import deterministic
from netspec.runner.machine.precision import precision
from netspec.runner.machine.stop import Interrupted, Stop
from netspec.runner.machine.threads import chosen, recorded
from netspec.runner.machine.threads import threads as working
from netspec.runner.run import checkpoint
from netspec.runner.run.environment import environment
from netspec.runner.run.facts import facts
from netspec.runner.run.folder import Writer
from netspec.runner.run.latest import find
from netspec.runner.run.metrics import Row, reached
from netspec.runner.run.run import Follower, Run
from netspec.runner.tasks import of
from netspec.runner.together.meeting import meet
from netspec.runner.together.world import World
from netspec.source import Source


@dataclass(frozen=True, slots=True)
class Result:
    folder: Path
    rows: list[Row]
    best: Row
    reached: bool | None
    """Whether the goal was reached, None where there is none."""
    task: TaskTraits
    """What it was trained for, with the figures of an epoch."""


def train(
    spec: Plan | Source | str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] = "data",
    device: str = "auto",
    runs_dir: str | os.PathLike[str] = "runs",
    out: IO[str] | None = None,
    *,
    data: Any = None,
    weights: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    force: bool = False,
    save_every: float = SAVE_EVERY,
    threads: int | None = None,
    enough: Enough | None = None,
    pictures: bool = True,
) -> Result:
    """Train a spec; its figures come back, `out` is where lines go, None is nowhere.

    `resume` is the folder of a run to go on with, or `last`; its own spec is used where none is
    given. `force` goes on where spec, data or machine are others than the run's. A checkpoint is
    written after each epoch, and within one after `save_every` seconds. `threads` is how many the
    CPU works with, `enough` says of the epochs so far why there are to be no more, and `pictures`
    whether the folder gets any.

    `data` is for a spec with `dataset: own`: (train, test), each a Dataset of torch or a pair of
    tensors, samples and labels. A run that is taken up is given it again.

    `weights` is a run, or a .safetensors file, whose weights it starts from, by name and shape.

    Raises SpecError for a spec with errors or with data that does not fit it, UsageError for wrong
    use, and NetspecError where data is missing or the run fails.
    """
    keep_freed()
    if resume and weights:
        raise UsageError("a run that is taken up has its weights", "leave --weights out")
    folder = find(str(resume), Path(runs_dir)) if resume else None
    if spec is None:
        if folder is None:
            raise UsageError("nothing to train", "give a spec, or a run to resume")
        spec = folder / "spec.yaml"
    plan = spec if isinstance(spec, Plan) else compile(spec)
    wanted = plan.train
    with meet(device) as world:
        # Memory is asked for one process's part of a batch.
        part = wanted.model_copy(update={"batch_size": -(-wanted.batch_size // world.size)})
        budget.check(plan, part, world.device)
        way = begun(wanted, folder)
        found, prepare = ready(plan, *way, Path(data_dir), world, data)
        plan = settled(plan, found)
        choice = world.once(
            lambda: chosen(
                plan.totals.macs * part.held, threads, recorded(folder), world.local_size
            )
        )
        with (
            working(choice.number),
            deterministic(wanted.deterministic, world.device),
            budget.told(plan, part, world.device),
        ):
            plan, how = decided(plan, folder, found, prepare, world)
        wanted, task = plan.train, of(found.task)
        figures = wanted.figures(task.traits)
        display = Display(wanted.epochs, found.judged, out if world.leads else None, figures)
        layout = "channels_last" if len(plan.input) == 3 else "contiguous"
        with (
            working(choice.number),
            deterministic(wanted.deterministic, world.device),
            precision(wanted.precision),
            budget.told(plan, part, world.device),
            nullcontext(_model(plan, world, weights)) as (model, begin),
            Stop() as stop,
            _open(folder, Path(runs_dir), plan.name, world) as run,
        ):
            reads = reading(plan, found, prepare)
            more = {
                "layout": layout, "mean": reads.mean, "std": reads.std,
                "classes": reads.classes, **({"targets": reads.targets} if reads.targets else {}),
                "judged": found.judged, **way.facts,
                **({"weights": {"file": str(begin.file), "sha256": begin.sha256}} if begin else {}),
            }  # fmt: skip
            run.describe(
                plan,
                facts(plan.source, found, world, layout),
                environment(describe(world.device), more),
                reads,
                [one.name for one in figures],
            )
            saved = None
            if resume:
                limit = checkpoint.largest(plan, wanted) + found.recorded
                saved, run.rows = world.once(
                    lambda: (_taken_up(run, found, limit, display, force), run.rows)
                )
            several = f", {world.size} processes" if world.size > 1 else ""
            display.line(
                f"{len(found.train)} training and {len(found.judge)} {found.judged} {found.what} "
                f"of {found.name}, on {describe(world.device)}{several}, into {run.folder}"
            )
            if choice.fewer and world.device.type == "cpu":
                display.line(
                    f"{plural(choice.number or 1, 'thread')}, since others are at work here; "
                    "--threads takes another number"
                )
            for told in (*found.notes, *([how] if how else ())):
                display.line(told)
            for told in started.render(str(begin.file), *begin[2:]) if begin else ():
                display.line(told)
            status = "failed"
            try:
                fit(
                    model, wanted, found, prepare, run=run, display=display,
                    loss_of=task.criterion(plan.loss, world.device), stop=stop, resume=saved,
                    keep_start=begin is not None, save_every=save_every, world=world,
                    enough=enough,
                )  # fmt: skip
                status = "finished"
            except Interrupted:
                status = "interrupted"
                raise
            finally:
                run.end(status, plan.totals.params, wanted.goal)
            if world.leads and pictures:
                try:
                    draw(run.folder, found, str(world.device))
                except (ImportError, NetspecError) as error:  # no run is lost for a picture
                    display.line(f"no pictures: {error}")
    assert run.best is not None
    return Result(run.folder, run.rows, run.best, reached(wanted.goal, run.rows), task.traits)


def _model(
    plan: Plan, world: World, weights: str | os.PathLike[str] | None
) -> tuple[nn.Module, Start | None]:
    """The network where its data is, and what it took over from a file."""
    model = build(plan, device=str(world.device), seed=plan.train.seed)
    return model, start(model, Path(weights)) if weights else None


def _taken_up(
    run: Run, data: Dataset, limit: int, display: Display, force: bool
) -> dict[str, Any] | None:
    """What the run saved, held against its image files."""
    saved = run.saved(limit, display.line, force)
    if saved and data.contents:
        hold(data.contents, saved.get("files"), run.folder, display.line, force)
    return saved


def _open(folder: Path | None, runs: Path, name: str, world: World) -> Run:
    """Open the run to go on with, or a new one; the first process alone writes to it."""
    if not world.leads:
        return Follower(world.once(Path))
    run = Writer(folder) if folder else Writer.create(runs, name)
    world.once(lambda: run.folder)
    return run
