"""Reports in a sentence, and in a row each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Severity
from netspec.layers.base import shape_text
from netspec.render.words import plural, sizes_text
from netspec.report import Report

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
HEAD = ("spec", "input", "output", "params", "MACs", "receptive field", "findings")
ALIGN = "<<<>>>>"
SPARE = (2, 1, 5)
"""What a narrow terminal goes without, the first one first."""


def counts(reports: Sequence[Report]) -> str:
    """How many specs, and what was found in them."""
    found = tally(one for report in reports for one in report.diagnostics)
    return f"{plural(len(reports), 'spec')}: {found or 'no findings'}"


def with_fixes(reports: Sequence[Report]) -> str:
    """The same, and how many of the findings check would mend by itself."""
    found = [one.fix for report in reports for one in report.diagnostics if one.fix]
    safe = sum(one.safe for one in found)
    more = len(found) - safe
    ways = [f"--fix mends {safe}"] * bool(safe)
    ways += [f"--fix --unsafe-fixes mends {more}{' more' if safe else ''}"] * bool(more)
    return "; ".join([counts(reports), *ways])


def tally(found: Iterable[Diagnostic]) -> str:
    """How many findings of each severity; empty where there are none."""
    number = Counter(one.severity for one in found)
    return ", ".join(plural(number[kind], kind) for kind in SEVERITIES if number[kind])


def row(report: Report, plan: Plan) -> tuple[str, ...]:
    """What `HEAD` names, of one network."""
    return (
        report.path, shape_text(plan.input), shape_text(plan.output),
        f"{plan.totals.params:,}", f"{plan.totals.macs:,}", sizes_text(plan.receptive_field),
        str(len(report.diagnostics) or "none"),
    )  # fmt: skip
