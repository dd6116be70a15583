"""A report as Markdown, for a comment or the summary of a job."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.compiler.plan import Plan
from netspec.render import markup, summary, table
from netspec.render.markup import plain
from netspec.render.report import View
from netspec.report import Report

MARKER = "<!-- netspec check -->"
LIMIT = 900_000
"""Bytes; GitHub takes 1 MiB for a step."""


def render(reports: Sequence[Report], view: View) -> str:
    """A sentence, a row for each spec, every finding, and layers where they are asked for."""
    parts = [f"{MARKER}\n**netspec check**: {summary.counts(reports)}"]
    plans = [(report, report.plan) for report in reports if report.plan]
    if plans:
        rows = [_row(report, plan) for report, plan in plans]
        parts.append(markup.table(summary.HEAD, rows, summary.ALIGN))
    found = (report.diagnostics for report in reports)
    parts += ["\n".join(map(markup.finding, diagnostics)) for diagnostics in found if diagnostics]
    if view.layers:
        parts += [_layers(plan) for _, plan in plans]
    return markup.within(parts, LIMIT, "{} more parts are left out.")


def _row(report: Report, plan: Plan) -> list[str]:
    path, *facts = summary.row(report, plan)
    return [markup.place(path), *facts]


def _layers(plan: Plan) -> str:
    return markup.fold(f"layers of {plain(plan.name)}", markup.block(table.render(plan)))
