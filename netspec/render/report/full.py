"""A report for people: tables, findings with the lines they are about, a count."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.render import snippet, summary, table
from netspec.render.columns import columns
from netspec.render.look import BOLD
from netspec.render.report import View
from netspec.report import Report


def render(reports: Sequence[Report], view: View) -> str:
    """Tables of layers, or a line for each spec, then every finding and how many there are."""
    parts = []
    plans = [(report, report.plan) for report in reports if report.plan]
    if view.quiet:
        plans = []
    if view.layers:
        parts += [table.render(plan, view.look) for _, plan in plans]
    elif plans:
        rows = [summary.HEAD, *(summary.row(report, plan) for report, plan in plans)]
        head, *lines = columns(rows, summary.ALIGN, view.look, summary.SPARE)
        parts.append("\n".join([view.look.paint(BOLD, head), *lines]))
    for report in reports:
        for found in report.diagnostics:
            parts.append(snippet.render(found, report.text, *view.look))
    return "\n\n".join(parts if view.quiet else [*parts, summary.with_fixes(reports)])
