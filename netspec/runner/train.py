"""Training a network from its spec."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO, Any

import torch
from torch import Generator, Tensor, nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError
from netspec.language.training import Train
from netspec.network.build import build
from netspec.network.device import describe
from netspec.runner.after.report import draw
from netspec.runner.data.images import Dataset, Feed
from netspec.runner.data.prepare import Prepare
from netspec.runner.data.ready import ready
from netspec.runner.loop.average import Average
from netspec.runner.loop.display import Display
from netspec.runner.loop.diverged import check, check_judged, take_step
from netspec.runner.loop.evaluate import evaluate
from netspec.runner.loop.optimize import Schedule, clip, criterion, kept, optimizer, parts
from netspec.runner.loop.state import State
from netspec.runner.machine import memory as budget
from netspec.runner.machine.process import deterministic, keep_freed, threads
from netspec.runner.machine.stop import Interrupted, Stop
from netspec.runner.run import checkpoint
from netspec.runner.run.environment import environment
from netspec.runner.run.facts import facts
from netspec.runner.run.folder import Follower, Run
from netspec.runner.run.latest import find
from netspec.runner.run.metrics import Row, reached, stalled
from netspec.runner.together.world import ALONE, World, meet
from netspec.source import Source

SAVE_EVERY = 60.0
"""Seconds between checkpoints within an epoch."""


@dataclass(frozen=True, slots=True)
class Result:
    folder: Path
    rows: list[Row]
    best: Row
    reached: bool | None
    """Whether the goal was reached, None where there is none."""


def train(
    spec: Plan | Source | str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] = "data",
    device: str = "auto",
    runs_dir: str | os.PathLike[str] = "runs",
    out: IO[str] | None = None,
    *,
    resume: str | os.PathLike[str] | None = None,
    force: bool = False,
    save_every: float = SAVE_EVERY,
) -> Result:
    """Train a spec and return its figures; `out` is where lines go, None is nowhere.

    `resume` is the folder of a run to go on with, or `last`; its own spec is used where none is
    given. `force` goes on where spec, data or machine are others than the run's. A checkpoint is
    written after each epoch, and within one after `save_every` seconds.

    Raises SpecError for a spec with errors or with data that does not fit it, UsageError for wrong
    use, and NetspecError where data is missing or the run fails.
    """
    keep_freed()
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
        data, prepare = ready(plan, wanted.data, Path(data_dir), world)
        display = Display(wanted.epochs, data.judged, out if world.leads else None)
        layout = "channels_last" if len(plan.input) == 3 else "contiguous"
        with (
            threads(plan.totals.macs * part.held),
            deterministic(wanted.deterministic, world.device),
            budget.told(plan, part, world.device),
            Stop() as stop,
            _open(folder, Path(runs_dir), plan.name, world) as run,
        ):
            model = build(plan, device=str(world.device), seed=wanted.seed)
            more = {
                "layout": layout, "mean": prepare.mean, "std": prepare.std,
                "classes": data.classes,
            }  # fmt: skip
            run.describe(
                plan.source,
                facts(plan.source, data, world, layout),
                environment(describe(world.device), more),
            )
            saved = None
            if resume:
                limit = checkpoint.largest(plan, wanted)
                saved, run.rows = world.once(
                    lambda: (run.saved(limit, display.line, force), run.rows)
                )
            several = f", {world.size} processes" if world.size > 1 else ""
            display.line(
                f"{len(data.train)} training and {len(data.judge)} {data.judged} images of "
                f"{data.name}, on {describe(world.device)}{several}, into {run.folder}"
            )
            status = "failed"
            try:
                fit(
                    model, wanted, data, prepare, loss_of=criterion(plan.loss), run=run,
                    display=display, stop=stop, resume=saved, save_every=save_every, world=world,
                )  # fmt: skip
                status = "finished"
            except Interrupted:
                status = "interrupted"
                raise
            finally:
                run.end(status, plan.totals.params, wanted.goal)
            if world.leads:
                try:
                    draw(run.folder, data, str(world.device))
                except (ImportError, NetspecError) as error:  # no run is lost for a picture
                    display.line(f"no pictures: {error}")
    assert run.best is not None
    return Result(run.folder, run.rows, run.best, reached(wanted.goal, run.rows))


def _open(folder: Path | None, runs: Path, name: str, world: World) -> Run:
    """Open the run to go on with, or a new one; the first process alone writes to it."""
    if not world.leads:
        return Follower(world.once(Path))
    run = Run(folder) if folder else Run.create(runs, name)
    world.once(lambda: run.folder)
    return run


def fit(
    model: nn.Module,
    train: Train,
    data: Dataset,
    prepare: Prepare,
    *,
    loss_of: nn.Module,
    run: Run,
    display: Display,
    stop: Stop,
    resume: dict[str, Any] | None = None,
    save_every: float = SAVE_EVERY,
    world: World = ALONE,
) -> None:
    """Train `model` where its data is; every epoch goes to `run` and `display`.

    `resume` is the state that an earlier call saved: what follows is what would have followed.
    """
    images, device = data.train, world.device
    model.to(memory_format=torch.channels_last)
    average = Average(train.average, model)
    network = world.join(model)
    half = train.precision == "bfloat16"
    precision = torch.autocast(device.type, torch.bfloat16, enabled=half)
    sizes = _sizes(len(images), train.batch_size)
    descent = optimizer(train.optimizer, model)
    schedule = Schedule(train.scheduler, descent, train.epochs, len(sizes))
    shuffle, chance = Generator().manual_seed(train.seed), Generator(device).manual_seed(train.seed)
    torch.manual_seed(train.seed + world.rank)
    losses, right = torch.zeros(2, len(sizes), device=device)
    state = State(model, descent, schedule, average, shuffle, chance, losses, right, world)
    # Elsewhere reading a loss waits for the whole queue, and looking for its cause for the others.
    at_once = device.type == "cpu" and world.size == 1
    if resume:
        state.load_state_dict(resume, kept(train.optimizer))
    run.begin(average.model, whole_epochs=state.step == 0)

    while state.epoch < train.epochs:
        if why := stalled(train.early_stopping, run.rows):
            display.line(f"{why}: ends after epoch {state.epoch}")
            break
        began, epoch, drawn = perf_counter() - state.seconds, state.epoch + 1, shuffle.get_state()
        order = torch.randperm(len(images), generator=shuffle)
        picks = [pick[world.part(len(pick))] for pick in torch.split(order, sizes)[state.step :]]
        batches = images.batches(picks)
        model.train()
        name = f"epoch {epoch}/{train.epochs}"
        for pixels, labels in display.batches(batches, name, state.step, len(sizes)):
            size = sizes[state.step]
            inputs = prepare(pixels, world.chance(chance, size))
            descent.zero_grad()
            for x, answers in parts(inputs, labels, train.accumulate, size // world.size):
                with precision:
                    y = network(x)
                    loss = world.loss(loss_of, y, answers, size)
                losses[state.step] += loss.detach()
                right[state.step] += (y.argmax(1) == answers).sum()
                if at_once:
                    check(losses, epoch, model, x)
                world.backward(loss)
            clip(train, model)
            take_step(descent, state.step + 1, epoch)
            lr = schedule.lr
            schedule.after_batch()
            average.after_batch()
            state.step += 1
            if state.step < len(sizes):
                asked, due = world.any(stop, run.due(save_every))
                if asked or due:
                    check(world.sum(losses.clone()), epoch, model, x)
                    state.seconds = perf_counter() - began
                    run.checkpoint(state.state_dict(drawn))
                if asked:
                    raise stop.interrupted(f"epoch {epoch}, step {state.step}", run.folder)

        check(world.sum(losses), epoch, model, x)
        train_loss = float(losses.cpu().double() @ torch.tensor(sizes).double()) / len(images)
        train_accuracy = float(world.sum(right.sum())) / len(images)
        average.after_epoch(epoch, lambda: _inputs(images, sizes, prepare))
        loss_judged, accuracy = evaluate(average.model, data.judge, prepare, loss_of, world)
        check_judged(loss_judged, data.judged, epoch)
        schedule.after_epoch(loss_judged, accuracy)
        state.next_epoch()
        row = Row(
            epoch, train_loss, train_accuracy, loss_judged, accuracy, lr, perf_counter() - began
        )
        run.add(row, state.state_dict(shuffle.get_state()), average.model)
        display.epoch(row)
        if epoch < train.epochs and any(world.any(stop)):
            raise stop.interrupted(f"epoch {epoch}", run.folder)


def _sizes(samples: int, batch: int) -> list[int]:
    """Return the size of each batch; one last sample joins others, since batch norm needs two."""
    sizes = [batch] * (samples // batch)
    left = samples % batch
    if left == 1 and sizes and batch > 1:
        sizes[-1] += 1
    elif left:
        sizes.append(left)
    return sizes


def _inputs(images: Feed, sizes: list[int], prepare: Prepare) -> Iterator[Tensor]:
    """Yield all images as they are trained on, but for augmentation."""
    for pixels, _ in images.batches(torch.split(torch.arange(len(images)), sizes)):
        yield prepare(pixels)
