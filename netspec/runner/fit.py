"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import torch
from torch import Generator, Tensor, nn

from netspec.language.training import Train
from netspec.render.words import figure_text
from netspec.runner.data.images import Dataset, Feed
from netspec.runner.data.prepare import Prepare
from netspec.runner.loop.average import Average
from netspec.runner.loop.display import Display
from netspec.runner.loop.diverged import check, check_judged
from netspec.runner.loop.evaluate import evaluate
from netspec.runner.loop.optimize import Schedule, kept
from netspec.runner.loop.state import State
from netspec.runner.loop.step import Step
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.stop import Stop
from netspec.runner.run.metrics import Row, stalled
from netspec.runner.run.run import Run
from netspec.runner.tasks import of
from netspec.runner.tasks.base import Gauge
from netspec.runner.together.chance import piece
from netspec.runner.together.world import ALONE, World

Enough = Callable[[Sequence[Row]], str]
"""Says of the epochs so far why there are to be no more, nothing where there are."""
SAVE_EVERY = 60.0
"""Seconds between checkpoints within an epoch."""


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
    keep_start: bool = False,
    save_every: float = SAVE_EVERY,
    world: World = ALONE,
    enough: Enough | None = None,
) -> None:
    """Train `model` where its data is; every epoch goes to `run` and `display`.

    `resume` is the state that an earlier call saved: what follows is what would have followed.
    With `keep_start` a state is saved before the first step. `enough` is asked after each epoch why
    that was the last one.
    """
    images, device = data.train, world.device
    channels_last(model)
    average = Average(train.average, model)
    step = Step(train, model, world, loss_of)
    sizes = _sizes(len(images), train.batch_size)
    schedule = Schedule(train.scheduler, step.optimizer, train.epochs, len(sizes))
    shuffle, chance = Generator().manual_seed(train.seed), Generator(device).manual_seed(train.seed)
    torch.manual_seed(train.seed + world.rank)
    losses = torch.zeros(len(sizes), device=device)
    task = of(data.task)
    rising = task.traits.rising.name
    gauge = Gauge(task, train.figures(task.traits), len(data.names), len(sizes), device)
    state = State(
        model, step.optimizer, schedule, average, shuffle, chance, losses, gauge,
        data.contents, world,
    )  # fmt: skip
    # Elsewhere reading a loss waits for the whole queue, and looking for its cause for the others.
    at_once = device.type == "cpu" and world.size == 1
    if resume:
        figures = [(row.loss, row.judged[rising]) for row in run.rows]
        state.load_state_dict(resume, kept(train.optimizer), figures)
        if told := schedule.ended(state.epoch):
            display.line(told)
    elif keep_start:  # where it starts from is not to be made again
        run.checkpoint(state.state_dict(shuffle.get_state()))
    run.begin(average.model, whole_epochs=state.step == 0)

    while state.epoch < train.epochs:
        why = stalled(train.early_stopping, run.rows)
        if enough and run.rows and not why:
            why = world.once(partial(enough, run.rows))  # the first process decides for all
        if why:
            display.line(f"{why}: ends after epoch {state.epoch}")
            break
        began, epoch, drawn = perf_counter() - state.seconds, state.epoch + 1, shuffle.get_state()
        order = torch.randperm(len(images), generator=shuffle)
        whole = torch.split(order, sizes)[state.step :]
        picks = [piece(pick, world.part(len(pick)), prepare.mixes) for pick in whole]
        batches = images.batches(picks)
        step.train()
        name = f"epoch {epoch}/{train.epochs}"
        shown = display.batches(
            batches, name, state.step, len(sizes), lambda: _running(state, sizes, world)
        )
        for pixels, labels in shown:
            size = sizes[state.step]
            inputs, targets = prepare.both(pixels, labels, world.chance(chance, size))
            for x, answers in step.parts(inputs, targets, size):
                y, loss = step.forward(x, answers)
                losses[state.step] += loss.detach()
                gauge.add(y, answers, state.step)
                if at_once:
                    check(losses, epoch, model, x)
                step.backward(loss)
            step.take(state.step + 1, epoch)
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
        trained = gauge.figures(images, world)
        average.after_epoch(epoch, lambda: _inputs(images, sizes, prepare))
        loss_judged, judged = evaluate(
            average.model, data.judge, prepare, step.loss_of, gauge.alike(device), world
        )
        check_judged(loss_judged, data.judged, epoch)
        schedule.after_epoch(loss_judged, judged[rising])
        state.next_epoch()
        row = Row(epoch, train_loss, trained, loss_judged, judged, lr, perf_counter() - began)
        run.add(row, state.state_dict(shuffle.get_state()), average.model)
        display.epoch(row)
        if epoch < train.epochs and any(world.any(stop)):
            raise stop.interrupted(f"epoch {epoch}", run.folder)


def _sizes(samples: int, batch: int) -> list[int]:
    """The size of each batch; one last sample joins others, since batch norm needs two."""
    sizes = [batch] * (samples // batch)
    left = samples % batch
    if left == 1 and sizes and batch > 1:
        sizes[-1] += 1
    elif left:
        sizes.append(left)
    return sizes


def _running(state: State, sizes: list[int], world: World) -> str:
    """Loss and figures of the epoch so far, of this process's part of it."""
    done = sizes[: state.step]
    losses = state.losses[: state.step] @ torch.tensor(done, device=state.losses.device).float()
    samples = sum(done) / world.size
    told = [f"{one.short} {figure_text(one, value)}" for one, value in state.gauge.so_far(samples)]
    return ", ".join([f"loss {float(losses) / samples:.4f}", *told])


def _inputs(images: Feed, sizes: list[int], prepare: Prepare) -> Iterator[Tensor]:
    """All images as they are trained on, but for augmentation."""
    for pixels, _ in images.batches(torch.split(torch.arange(len(images)), sizes)):
        yield prepare(pixels)
