"""The Pareto front: candidates that no other is better than in every figure asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from netspec.diagnostic import UsageError
from netspec.search.bounds import Figures, check_quantity
from netspec.search.space import Point

Costs = tuple[float, ...]
"""What is to be small, one for each goal."""


class Goal(NamedTuple):
    """A figure that is to be small, or great."""

    quantity: str
    greatest: bool

    def cost(self, figures: Figures) -> float | None:
        """What is to be small; None for a receptive field that is no single size."""
        value: Any = getattr(figures, self.quantity)
        if value is None or isinstance(value, tuple):
            if not value or None in value:
                return None
            # The axis that is worst counts.
            value = min(value) if self.greatest else max(value)
        return float(-value if self.greatest else value)


class Kept(NamedTuple):
    """A candidate that keeps to everything."""

    point: Point
    figures: Figures
    costs: Costs = ()


def goals(minimize: Sequence[str], maximize: Sequence[str]) -> list[Goal]:
    """The goals with these names; UsageError for what is no quantity, or both at once."""
    for option, asked in ("--minimize", minimize), ("--maximize", maximize):
        for name in asked:
            check_quantity(name, f"{option} {name}")
            if name in minimize and name in maximize:
                raise UsageError(f"{name} cannot be both the least and the most", "choose one")
    least = [Goal(name, False) for name in dict.fromkeys(minimize)]
    return [*least, *(Goal(name, True) for name in dict.fromkeys(maximize))]


class Front:
    """The best of those that were added; those that are alike in every goal stay."""

    def __init__(self) -> None:
        self._by_costs: dict[Costs, list[Kept]] = {}

    def add(self, one: Kept) -> bool:
        """Whether it is among the best so far; what it is better than goes."""
        costs = one.costs
        alike = self._by_costs.get(costs)
        if alike is not None:
            alike.append(one)
            return True
        if any(_better(other, costs) for other in self._by_costs):
            return False
        for other in [other for other in self._by_costs if _better(costs, other)]:
            del self._by_costs[other]
        self._by_costs[costs] = [one]
        return True

    @property
    def best(self) -> list[Kept]:
        """The front, by the first goal, then the next, then the order of the space."""
        return [
            one
            for costs in sorted(self._by_costs)
            for one in sorted(self._by_costs[costs], key=lambda kept: kept.point)
        ]


def _better(one: Costs, other: Costs) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
