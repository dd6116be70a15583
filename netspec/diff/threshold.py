"""Conditions on what a change does: `params > +10%`, `receptive_field < -2`, `findings > 0`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from netspec.diagnostic import UsageError, nearest
from netspec.diff.compare import SpecDiff
from netspec.report import Report

METRICS = ("params", "macs", "activation_bytes", "receptive_field", "findings")
_CONDITION = re.compile(r"\s*(\w+)\s*([<>]=?)\s*([+-]?)\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*")


class Condition(NamedTuple):
    """A bound on the value after a change or, with a sign or in percent, on the change."""

    text: str
    metric: str
    operator: str
    number: float
    change: bool
    percent: bool


def parse(text: str) -> Condition:
    """Read a condition; UsageError where it is none."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(f"'{text}' is no condition", "write it like 'params > +10%'")
    metric, operator, sign, number, percent = found.groups()
    if metric not in METRICS:
        guess = nearest(metric, METRICS) or f"known here: {', '.join(METRICS)}"
        raise UsageError(f"'{text}': unknown figure '{metric}'", guess)
    amount = -float(number) if sign == "-" else float(number)
    return Condition(text.strip(), metric, operator, amount, bool(sign or percent), bool(percent))


def failures(specs: Sequence[SpecDiff], conditions: Sequence[Condition]) -> list[str]:
    """A line for each spec and condition that holds, and for each spec that cannot be measured."""
    return [line for spec in specs for line in _failures(spec, conditions)]


def _failures(spec: SpecDiff, conditions: Sequence[Condition]) -> Iterator[str]:
    if conditions and spec.status == "broken":
        yield f"{spec.path}: broken, so nothing can be compared"
        return
    for one in conditions:
        after = _values(spec.after, one.metric)
        before = _values(spec.before, one.metric) if one.change else [0.0] * len(after)
        # The axes of an input with another shape are not comparable.
        if len(before) != len(after):
            continue
        for x, y in zip(before, after, strict=True):
            if _holds(one, x, y):
                was = f"was {x:,.0f}, " if one.change else ""
                yield f"{spec.path}: {one.metric} {was}is {y:,.0f}: {one.text}"
                break


def _holds(condition: Condition, x: float, y: float) -> bool:
    value = y - x
    if condition.percent:
        # From nothing to something is more than any percentage.
        value = 100 * value / x if x else float("inf") * value if value else 0.0
    match condition.operator:
        case ">":
            return value > condition.number
        case ">=":
            return value >= condition.number
        case "<":
            return value < condition.number
    return value <= condition.number


def _values(report: Report | None, metric: str) -> list[float]:
    """The figure, or one for each axis; nothing where it cannot be told."""
    if report is None or report.plan is None:
        return []
    if metric == "findings":
        return [len(report.diagnostics)]
    if metric == "receptive_field":
        leaf = report.plan.last_local
        fields = [axis.field for axis in leaf.output.axes] if leaf else []
        return [field.size for field in fields if field]
    return [getattr(report.plan.totals, metric)]
