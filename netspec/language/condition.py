"""Conditions on the figures of a network: `params > +10%`, `receptive_field < -2`."""

from __future__ import annotations

import re
from typing import NamedTuple

from netspec.diagnostic import UsageError, nearest

FIGURES = ("params", "macs", "activation_bytes", "receptive_field", "findings", "errors")
_CONDITION = re.compile(r"\s*(\w+)\s*([<>]=?)\s*([+-]?)\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*")


class Condition(NamedTuple):
    """A bound on a figure or, with a sign or in percent, on its change."""

    text: str
    figure: str
    operator: str
    number: float
    change: bool
    percent: bool

    def holds(self, before: float, after: float) -> bool:
        """Whether it holds for a figure, which was `before` where the bound is on its change."""
        value = after - before if self.change else after
        if self.percent:
            # From nothing to something is more than any percentage.
            value = 100 * value / before if before else float("inf") * value if value else 0.0
        match self.operator:
            case ">":
                return value > self.number
            case ">=":
                return value >= self.number
            case "<":
                return value < self.number
        return value <= self.number


def parse(text: str) -> Condition:
    """The condition that a text states; UsageError where it is none."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(f"'{text}' is no condition", "write it like 'params > +10%'")
    figure, operator, sign, number, percent = found.groups()
    if figure not in FIGURES:
        guess = nearest(figure, FIGURES) or f"known here: {', '.join(FIGURES)}"
        raise UsageError(f"'{text}': unknown figure '{figure}'", guess)
    amount = -float(number) if sign == "-" else float(number)
    return Condition(text.strip(), figure, operator, amount, bool(sign or percent), bool(percent))
