"""A worker: trains one trial after another, then the best of them over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError, short
from netspec.disk import files
from netspec.language.override import override
from netspec.runner.after.eval import data_of, judge
from netspec.runner.after.trained import open_run
from netspec.runner.machine.stop import Interrupted
from netspec.runner.machine.threads import small
from netspec.runner.run.metrics import Row
from netspec.runner.together.world import Lost
from netspec.runner.train import Result, train
from netspec.search.candidate import written
from netspec.search.space import Point
from netspec.source import Source
from netspec.sweep.beside import beside
from netspec.sweep.draws import Draws
from netspec.sweep.place import DEATHS, PATIENCE, seeded_of, tidy, trial_of
from netspec.sweep.question import Question
from netspec.sweep.study import parameters, point_of
from netspec.sweep.ties import Claim, Parted, Ties

_PAUSE = 0.5
"""Seconds between two looks at what others are doing."""
_HOPELESS = 3
"""Trials that fail from the start, after which the sweep has."""
Told = Callable[[FrozenTrial], None]


class Means(NamedTuple):
    """What this machine trains with."""

    data_dir: Path
    device: str


class Worker:
    """One process that works on a sweep; others may be beside it, here or elsewhere."""

    def __init__(
        self, ties: Ties, question: Question, study: Study, draws: Draws, means: Means, told: Told
    ) -> None:
        self.ties, self.place, self.question, self.study = ties, ties.place, question, study
        self.draws, self.means, self.told = draws, means, told
        self.space = draws.search.space

    def work(self) -> None:
        """Train until nothing is left to be trained.

        Raises Interrupted where a signal ends it, NetspecError where every trial fails.
        """
        for trial, lock in self._trials():
            with closing(lock):
                self._try(trial)
            self.told(self._trial(trial.number))
        for frozen, i, lock in self._seeded():
            with closing(lock):
                self._again(frozen, i)

    def _trials(self) -> Iterator[tuple[Trial, Claim]]:
        """Trials that are this process's own: left by one that is gone, or new."""
        while True:
            with self.ties.mutex:
                found = self._left() or self._new()
                running = any(t.state == TrialState.RUNNING for t in self._all())
            if found:
                yield found
            elif running:
                sleep(_PAUSE)
            else:
                return

    def _all(self) -> list[FrozenTrial]:
        return self.study.get_trials(deepcopy=False)

    def _trial(self, number: int) -> FrozenTrial:
        return self._all()[number]

    def _left(self) -> tuple[Trial, Claim] | None:
        for trial in self._all():
            if trial.state == TrialState.RUNNING and (lock := self._claim(trial.number)):
                return Trial(self.study, trial._trial_id), lock
        return None

    def _claim(self, number: int) -> Claim | None:
        return self.ties.claim(trial_of(number))

    def _new(self) -> tuple[Trial, Claim] | None:
        trials = self._all()
        first = trials[:_HOPELESS]
        if len(first) == _HOPELESS and all(t.state == TrialState.FAIL for t in first):
            why = first[0].user_attrs.get("why")
            raise NetspecError(f"the first {_HOPELESS} trials have failed: {why}")
        if not any(trial.state == TrialState.WAITING for trial in trials):
            if len(trials) >= self.question.trials:
                return None
            point = self.draws.next(len(trials), trials)
            if point is None:
                return None
            self.study.enqueue_trial(parameters(self.space, point))
        trial = self.study.ask()
        lock = self._claim(trial.number)
        assert lock is not None
        return trial, lock

    def _source(self, point: Point) -> Source:
        search = self.draws.search
        return written(search.source, search.space, point)

    def _try(self, trial: Trial) -> None:
        """Train a trial to its end, or to where it is pruned or fails."""
        point = point_of(self.space, trial)
        folder = self.place.run(trial.number)
        known = {*self._trial(trial.number).intermediate_values}
        pruned = False

        def enough(rows: Sequence[Row]) -> str:
            nonlocal pruned
            self.ties.hold()
            for row in rows:
                if row.epoch not in known:
                    known.add(row.epoch)
                    trial.report(self._figure(row), row.epoch)
            pruned = trial.should_prune()
            return "pruned" if pruned else ""

        try:
            plan = compile(self._source(point))
            trial.set_user_attr("params", plan.totals.params)
            result = self._train(plan, folder, trial_of(trial.number), enough)
        except (Interrupted, Parted):
            raise
        except (NetspecError, MemoryError, RuntimeError) as error:
            self.ties.hold()
            trial.set_user_attr("why", short(str(error).partition("\n")[0], 200))
            self.study.tell(trial, state=TrialState.FAIL)
        else:
            if not pruned:
                enough(result.rows)
                pruned = False
            trial.set_user_attr("epochs", len(result.rows))
            value = self._objective(result)
            trial.set_user_attr("objective", value)
            if pruned:
                self.study.tell(trial, state=TrialState.PRUNED)
            else:
                self.study.tell(trial, value)
        tidy(folder)

    def _train(
        self,
        plan: Plan,
        folder: Path,
        what: str,
        enough: Callable[[Sequence[Row]], str] | None = None,
    ) -> Result:
        """Train in a numbered folder, going on from what is there; `what` is claimed for it."""
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "spec.yaml").exists():
            files.replace(folder / "spec.yaml", plan.source.text.encode())
        macs = plan.totals.macs * plan.train.held
        threads = None if small(macs) else self.question.threads
        means = self.means
        while True:
            try:
                with beside(self.question.devices, folder, means.data_dir, means.device):
                    return train(
                        plan, means.data_dir, means.device, resume=folder, threads=threads,
                        enough=enough or (lambda rows: ""), pictures=enough is None,
                    )  # fmt: skip
            except Lost:
                if self.place.died(what, folder) >= PATIENCE:
                    raise NetspecError(DEATHS) from None

    def _figure(self, row: Row) -> float:
        name = self.question.objective
        if name == "loss":
            return row.loss
        if name not in row.judged:
            hint = f"--objective {next(iter(row.judged))}, or task: or metrics: in the spec"
            raise UsageError(f"an epoch has no {name}, it has {', '.join(row.judged)}", hint)
        return row.judged[name]

    def _objective(self, result: Result) -> float:
        """That of the best epoch; where it is what decides that, whose weights are kept."""
        if self.question.objective == result.task.follows.name:
            return self._figure(result.best)
        best = max if self.question.maximizes else min
        return best(map(self._figure, result.rows))

    def _seeded(self) -> Iterator[tuple[FrozenTrial, int, Claim]]:
        """Runs over seeds that are this process's own; others are waited for."""
        while left := [
            (trial, i)
            for trial in finalists(self.question, self._all())
            for i in range(self.question.seeds)
            if not self.ties.result(trial.number, i)
        ]:
            for trial, i in left:
                if lock := self.ties.claim(seeded_of(trial.number, i)):
                    if self.ties.result(trial.number, i):
                        lock.close()
                        continue
                    yield trial, i, lock
                    break
            else:
                sleep(_PAUSE)

    def _again(self, trial: FrozenTrial, i: int) -> None:
        """Train one of the best with a seed of its own; its best weights meet the test set."""
        folder = self.place.seeded(trial.number, i)
        told: dict[str, Any] = {"trial": trial.number}
        try:
            source = self._source(point_of(self.space, trial))
            seed = compile(source).train.seed + 1 + i
            plan = compile(override(source, "train.seed", str(seed)))
            told |= {"seed": seed}
            what = seeded_of(trial.number, i)
            told["held_back"] = self._objective(self._train(plan, folder, what))
            run = open_run(folder, self.means.device, lambda words: None)
            data, part = data_of(run, self.means.data_dir, "test")
            figure = run.plan.task.traits.follows.name
            told |= {"figure": figure, "test": getattr(judge(run, data, part).judgement, figure)}
        except Interrupted:
            raise
        except (NetspecError, MemoryError, RuntimeError) as error:
            told["why"] = short(str(error).partition("\n")[0], 200)
        self.ties.hold()
        self.ties.finish(trial.number, i, told)


def finalists(question: Question, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """The best trials, which are run again over seeds."""
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    sign = -1 if question.maximizes else 1
    return sorted(done, key=lambda t: (sign * (t.value or 0.0), t.number))[: question.best]
