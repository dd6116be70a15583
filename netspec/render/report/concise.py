"""A report for people in a hurry: a line for each finding, and a count."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.render import summary
from netspec.render.report import View
from netspec.render.snippet import concise
from netspec.report import Report


def render(reports: Sequence[Report], view: View) -> str:
    """A line for each finding, then how many there are."""
    lines = [concise(found) for report in reports for found in report.diagnostics]
    return "\n".join(lines if view.quiet else [*lines, summary.with_fixes(reports)])
