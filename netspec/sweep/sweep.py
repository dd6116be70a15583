"""A sweep from its question to the spec that has won."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from netspec.compiler import compile
from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.runner.machine.gpus import VISIBLE, gpus
from netspec.runner.machine.process import end_with
from netspec.runner.machine.stop import Interrupted
from netspec.runs.trials import Standing, Tried
from netspec.search.candidate import written
from netspec.source import parse
from netspec.sweep.draws import Draws
from netspec.sweep.place import BEST, DEATHS, PATIENCE, Place, tidy
from netspec.sweep.question import Question, read
from netspec.sweep.standing import seeded, standing, tried
from netspec.sweep.study import point_of
from netspec.sweep.ties import Ties, tied
from netspec.sweep.work import Means, Worker

AGAIN = "the same command goes on from there"
PARENT = "NETSPEC_SWEEP"
"""Set for a worker: the process that has started it."""
SUBMITTED = "NETSPEC_SUBMITTED"
"""Set where this very command runs as a job."""
_OVER = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


def sweep(
    question: Question,
    folder: Path,
    means: Means,
    workers: int,
    told: Callable[[Tried], None],
    watched: bool = False,
) -> Standing:
    """Work on a sweep until it is done; what it has found comes back.

    Several workers, and one that is to be `watched`, are started again where they die.

    Raises UsageError where the folder has another sweep, NothingKept where no candidate keeps the
    bounds, Interrupted after a signal, and NetspecError where every trial fails.
    """
    parent = os.environ.get(PARENT)
    if parent:
        end_with(int(parent))
    draws = Draws(question)
    with tied(_place(folder, question.name), question.storage) as ties:
        with ties.mutex:
            question, study = ties.begun(question, compile(question.source).train.epochs)
        space, draws.question = draws.search.space, question
        if (workers > 1 or question.devices > 1 or watched) and not parent:
            _watch(workers, gpus(means.device, question.devices), ties.place, study)
        else:
            worker = Worker(
                ties, question, study, draws, means, lambda trial: told(tried(space, trial))
            )
            try:
                worker.work()
            except Interrupted as interrupted:
                interrupted.help = AGAIN
                raise
        if not parent:
            _finish(ties, question, study, draws)
        return standing(ties, question, study, draws.number)


def begin(question: Question, folder: Path) -> None:
    """Have the question agreed on, so that what starts later can work on it.

    Raises what `sweep` does of it.
    """
    Draws(question)
    with tied(_place(folder, question.name), question.storage) as ties, ties.mutex:
        ties.begun(question, compile(question.source).train.epochs)


def look(folder: Path, name: str, storage: str) -> Standing:
    """What a sweep has found so far; UsageError where there is none."""
    question = read(folder)
    if question:
        name, storage = question.name, question.storage
    with tied(Place(folder, name), storage) as ties:
        question = question or ties.question()
        if question is None:
            where = f"no sweep in {folder.as_posix()}" + f" or in {storage}" * bool(storage)
            raise UsageError(where, "--out names its folder")
        with ties.mutex:
            study = ties.look(question, compile(question.source).train.epochs)
        return standing(ties, question, study, None)


def _place(folder: Path, name: str) -> Place:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make {folder.as_posix()}: {error.strerror}"
        raise NetspecError(message, "--out names another place") from None
    return Place(folder, name)


def _finish(ties: Ties, question: Question, study: Study, draws: Draws) -> None:
    """Write the winner, and remove what processes that were killed have left."""
    place, trials = ties.place, study.get_trials(deepcopy=False)
    for trial in trials:
        if trial.state in _OVER:
            tidy(place.run(trial.number))
    best = next(iter(seeded(ties, question, trials)), None)
    if best and best.held_back:
        space = draws.search.space
        point = point_of(space, trials[best.number])
        source = written(parse(question.original, question.path), space, point)
        files.replace(place.folder / BEST, source.text.encode())


def _watch(workers: int, gpus: Sequence[str], place: Place, study: Study) -> None:
    """Have processes of this very command work; one that dies is followed by another."""
    command = [sys.executable, "-m", "netspec", *sys.argv[1:]]

    def start(i: int) -> subprocess.Popen[bytes]:
        own = {VISIBLE: gpus[i % len(gpus)]} if gpus else {}
        return subprocess.Popen(  # noqa: S603
            command, env=os.environ | {PARENT: str(os.getpid())} | own, start_new_session=True
        )

    running = [start(i) for i in range(workers)]
    places = {process.pid: i for i, process in enumerate(running)}
    failed: int | None = None
    with _passing(running) as passed:
        while running:
            for process in [one for one in running if one.poll() is not None]:
                running.remove(process)
                if process.returncode < 0 and not passed:
                    _blame(process.pid, place, study)
                    running.append(start(places[process.pid]))
                    places[running[-1].pid] = places[process.pid]
                elif process.returncode:
                    failed = failed or process.returncode
            if running:
                with suppress(subprocess.TimeoutExpired):
                    running[0].wait(0.1)
    if passed:
        error = NetspecError("interrupted", AGAIN)
        error.exit_code = 128 + passed[0]
        raise error
    if failed:
        error = NetspecError("a worker has failed", "what it said stands above")
        error.exit_code = failed
        raise error


@contextmanager
def _passing(running: list[subprocess.Popen[bytes]]) -> Iterator[list[int]]:
    """Pass signals on in here; the list has those that came."""
    passed: list[int] = []

    def forward(number: int, frame: object) -> None:
        passed.append(number)
        for process in running:
            if process.poll() is None:
                process.send_signal(number)

    before = {n: signal.signal(n, forward) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield passed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _blame(process: int, place: Place, study: Study) -> None:
    """Count what a process died at; what gets no further by it has failed."""
    for what in place.claims_of(process):
        _, number, *rest = what.split("-")
        trial, i = int(number), int(rest[-1]) if rest else None
        run = place.run(trial) if i is None else place.seeded(trial, i)
        if place.died(what, run) < PATIENCE:
            continue
        if i is not None:
            place.finish(trial, i, {"trial": trial, "why": DEATHS})
            continue
        frozen: FrozenTrial = study.get_trials(deepcopy=False)[trial]
        if frozen.state == TrialState.RUNNING:
            Trial(study, frozen._trial_id).set_user_attr("why", DEATHS)
            study.tell(trial, state=TrialState.FAIL)
