"""What came of judging candidates: those that keep to everything, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netspec.diagnostic import Diagnostic
from netspec.search.bounds import Bound
from netspec.search.evaluate import Evaluator
from netspec.search.front import Front, Goal, Kept
from netspec.search.parts import Refused
from netspec.search.space import Point


class Near(NamedTuple):
    """A candidate without an error that keeps to less than everything, and how far it is off."""

    lack: float
    kept: Kept


class Reason(NamedTuple):
    """An error of candidates: what is said of the first of them, and how many have one like it."""

    found: Diagnostic
    number: int


class Tally:
    """Counts of candidates; two of them can be put together."""

    def __init__(self, bounds: Sequence[Bound], goals: Sequence[Goal]) -> None:
        self.bounds, self.goals = bounds, goals
        self.tried = 0
        self.keeping = [0] * len(bounds)
        """How many candidates without an error keep each bound."""
        self.sound = 0
        """How many have no error."""
        self.total = 0
        """How many keep everything."""
        self.unranked = 0
        """How many of those have no single receptive field where one is a goal."""
        self.reasons: dict[tuple[object, ...], Reason] = {}
        self.nearest: Near | None = None
        self.kept: list[Kept] = []
        self.front = Front()

    def judge(self, evaluator: Evaluator, point: Point) -> Kept | None:
        """Count a candidate; where it keeps everything it comes back."""
        self.tried += 1
        try:
            figures = evaluator.judge(point)
        except Refused as refused:
            found = refused.found
            self._refuse(Reason(found, 1))
            return None
        self.sound += 1
        lack = 0.0
        for i, bound in enumerate(self.bounds):
            if missing := bound.lack(figures):
                lack += missing
            else:
                self.keeping[i] += 1
        if lack:
            if not self.total and (self.nearest is None or lack < self.nearest.lack):
                self.nearest = Near(lack, Kept(point, figures))
            return None
        costs = [goal.cost(figures) for goal in self.goals]
        ranked = tuple(cost for cost in costs if cost is not None)
        if len(ranked) < len(costs):
            self.unranked += 1
            return None
        self.total += 1
        kept = Kept(point, figures, ranked)
        self._hold(kept)
        return kept

    def _hold(self, kept: Kept) -> None:
        if self.goals:
            self.front.add(kept)
        else:
            self.kept.append(kept)

    def _refuse(self, reason: Reason) -> None:
        key = (reason.found.code, reason.found.span)
        before = self.reasons.get(key)
        number = reason.number + (before.number if before else 0)
        self.reasons[key] = (before or reason)._replace(number=number)

    def add(self, other: Tally) -> None:
        """Put what another counted behind this."""
        self.tried += other.tried
        self.sound += other.sound
        self.unranked += other.unranked
        self.total += other.total
        self.keeping = [a + b for a, b in zip(self.keeping, other.keeping, strict=True)]
        for reason in other.reasons.values():
            self._refuse(reason)
        if other.nearest and (self.nearest is None or other.nearest.lack < self.nearest.lack):
            self.nearest = other.nearest
        for kept in other.best:
            self._hold(kept)

    @property
    def best(self) -> list[Kept]:
        """The front, or everything that is kept where nothing is ranked."""
        return self.front.best if self.goals else self.kept

    @property
    def refused(self) -> list[Reason]:
        """Errors, the most frequent first."""
        return sorted(self.reasons.values(), key=lambda reason: -reason.number)


def tallied(
    evaluator: Evaluator, bounds: Sequence[Bound], goals: Sequence[Goal], points: Iterable[Point]
) -> Tally:
    """What comes of some points."""
    tally = Tally(bounds, goals)
    for point in points:
        tally.judge(evaluator, point)
    return tally
