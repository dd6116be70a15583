"""Reports in a sentence, and in a row each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Severity
from netspec.layers.base import shape_text
from netspec.report import Report

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
HEAD = ("spec", "input", "output", "params", "MACs", "receptive field", "findings")


def counts(reports: Sequence[Report]) -> str:
    """How many specs, and what was found in them."""
    found = tally(one for report in reports for one in report.diagnostics)
    return f"{plural(len(reports), 'spec')}: {found or 'no findings'}"


def tally(found: Iterable[Diagnostic]) -> str:
    """How many findings of each severity; empty where there are none."""
    number = Counter(one.severity for one in found)
    return ", ".join(plural(number[kind], kind) for kind in SEVERITIES if number[kind])


def plural(n: int, word: str) -> str:
    """A number and what it counts: 1 spec, 2 specs."""
    return f"{n:,} {word}{'s' * (n != 1)}"


def row(report: Report, plan: Plan) -> tuple[str, ...]:
    """What `HEAD` names, of one network."""
    return (
        report.path, shape_text(plan.input), shape_text(plan.output),
        f"{plan.totals.params:,}", f"{plan.totals.macs:,}", field_text(sizes(plan)),
        str(len(report.diagnostics) or "none"),
    )  # fmt: skip


def sizes(plan: Plan) -> list[int | None] | None:
    """Receptive field per axis of the last layer that has local units; None if no layer has."""
    leaf = plan.last_local
    return [axis.field and axis.field.size for axis in leaf.output.axes] if leaf else None


def field_text(sizes: Sequence[int | None] | None) -> str:
    """A receptive field, once where it is the same on all axes: 18, or 5 x 7."""
    each = ["-" if size is None else str(size) for size in sizes or [None]]
    return each[0] if len(set(each)) == 1 else " x ".join(each)
