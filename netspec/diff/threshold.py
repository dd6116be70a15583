"""What a change may not do: the conditions of `--fail-on` that hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.diff.compare import SpecDiff
from netspec.language.condition import Condition
from netspec.report import Report


def failures(specs: Sequence[SpecDiff], conditions: Sequence[Condition]) -> list[str]:
    """A line for each spec and condition that holds, and for each spec that cannot be measured."""
    return [line for spec in specs for line in _failures(spec, conditions)]


def _failures(spec: SpecDiff, conditions: Sequence[Condition]) -> Iterator[str]:
    untold = [one for one in conditions if one.figure != "errors"]
    if untold and spec.status == "broken":
        yield f"{spec.path}: broken, so nothing can be compared"
    for one in conditions:
        if one in untold and spec.status == "broken":
            continue
        after = _values(spec.after, one.figure)
        before = _values(spec.before, one.figure) if one.change else after
        # The axes of an input with another shape are not comparable.
        if len(before) != len(after):
            continue
        for x, y in zip(before, after, strict=True):
            if one.holds(x, y):
                was = f"was {x:,.0f}, " if one.change else ""
                yield f"{spec.path}: {one.figure} {was}is {y:,.0f}: {one.text}"
                break


def _values(report: Report | None, figure: str) -> list[float]:
    """The figure, or one for each axis; nothing where it cannot be told."""
    if report is None:
        return []
    if figure == "errors":
        return [sum(one.severity == "error" for one in report.diagnostics)]
    if report.plan is None:
        return []
    if figure == "findings":
        return [len(report.diagnostics)]
    if figure == "receptive_field":
        return [size for size in report.plan.receptive_field or () if size is not None]
    return [getattr(report.plan.totals, figure)]
