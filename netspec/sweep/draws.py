"""Which candidate is trained next: one that keeps every bound, and that no trial has had.

What a sampler proposes and what does not keep the bounds is dropped before it is a trial, so that
none is counted that nobody would want.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from random import Random

import optuna
from optuna.trial import FrozenTrial, TrialState

from netspec.diagnostic import UsageError
from netspec.search.candidates import run
from netspec.search.evaluate import Evaluator
from netspec.search.nothing import why
from netspec.search.space import Point
from netspec.search.tally import Tally
from netspec.sweep.question import TRIES, Question
from netspec.sweep.study import distributions, point_of

_STARTUP = 10
"""Trials that are drawn at random before a sampler learns from them."""
_PROPOSALS = 12
"""Proposals of a sampler, after which the candidate that is nearest to the last one is taken."""
_NEAREST = 24
"""Candidates of which that is the nearest, where not all are known."""


class Draws:
    """Draws candidates; the same for the same question, number of the trial and trials before."""

    def __init__(self, question: Question) -> None:
        """UsageError where a grid is too large, NothingKept where nothing keeps the bounds."""
        self.question, self.search = question, question.search
        self._evaluator = Evaluator(self.search.source, self.search.space)
        self._known: dict[Point, bool] = {}
        self._kept: list[Point] | None = None
        if self.search.whole:
            found = run(self.search)
            if not found.tally.total:
                raise why(found)
            self._kept = [one.point for one in found.tally.kept]
        else:
            if question.sampler == "grid":
                size = f"{self.search.space.size:,} candidates"
                hint = "fewer values, or --sampler random"
                raise UsageError(f"a grid of {size} is over the limit of {TRIES:,}", hint)
            found = run(self.search._replace(sample=1))
            if not found.tally.total:
                raise why(found)

    @property
    def number(self) -> int | None:
        """How many candidates keep the bounds; None where nobody has looked at all."""
        return None if self._kept is None else len(self._kept)

    def keeps(self, point: Point) -> bool:
        """Whether a candidate keeps every bound."""
        if point not in self._known:
            tally = Tally(self.search.bounds, ())
            self._known[point] = tally.judge(self._evaluator, point) is not None
        return self._known[point]

    def next(self, number: int, trials: Sequence[FrozenTrial]) -> Point | None:
        """The candidate of a trial, None where all were trained."""
        had = {point_of(self.search.space, trial) for trial in trials}
        random = Random(f"{self.question.seed} {number}")  # noqa: S311
        if self._kept is not None and not {*self._kept} - had:
            return None
        match self.question.sampler:
            case "grid":
                assert self._kept is not None
                return next(point for point in self._kept if point not in had)
            case "tpe" if number >= _STARTUP:
                seed = random.randrange(2**32)
                found = self._proposed(seed, trials, lambda p: p not in had and self.keeps(p))
                if found not in had and self.keeps(found):
                    return found
                return self._nearest(found, random, had)
        return self._random(random, had)

    def _random(self, random: Random, had: set[Point]) -> Point | None:
        space = self.search.space
        if self._kept is not None:
            return random.choice([point for point in self._kept if point not in had])
        for _ in range(10 * TRIES):
            point = space.point(random.randrange(space.size))
            if point not in had and self.keeps(point):
                return point
        return None

    def _nearest(self, wanted: Point, random: Random, had: set[Point]) -> Point | None:
        """The candidate nearest to a point, each axis as long as any other."""
        lengths = [max(len(axis.values) - 1, 1) for axis in self.search.space.axes]

        def far(point: Point) -> tuple[float, Point]:
            steps = zip(point, wanted, lengths, strict=True)
            return sum(abs(a - b) / n for a, b, n in steps), point

        some = self._kept
        if some is None:
            drawn = (self._random(random, had) for _ in range(_NEAREST))
            some = [point for point in drawn if point is not None]
        return min((point for point in some if point not in had), key=far, default=None)

    def _proposed(
        self, seed: int, trials: Sequence[FrozenTrial], wanted: Callable[[Point], bool]
    ) -> Point:
        """What a sampler that has seen the trials proposes first of what is wanted, or last."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = optuna.create_study(
                direction="maximize" if self.question.maximizes else "minimize",
                sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=0),
            )
            done = (TrialState.COMPLETE, TrialState.PRUNED)
            study.add_trials([trial for trial in trials if trial.state in done])
            known = distributions(self.search.space)
            for _ in range(_PROPOSALS):
                asked = study.ask(known)
                point = point_of(self.search.space, asked)
                if wanted(point):
                    break
        return point
