"""A report in reviewdog's diagnostic format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.diagnostic import Diagnostic, Span
from netspec.render import machine, snippet
from netspec.render.report import View
from netspec.render.safe import escape, escape_lines
from netspec.report import Report

_LEVELS = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(reports: Sequence[Report], view: View) -> str:
    """One JSON object with every finding."""
    found = [_diagnostic(one, report) for report in reports for one in report.diagnostics]
    return machine.text({"source": {"name": "netspec"}, "diagnostics": found}, escape_lines)


def _diagnostic(found: Diagnostic, report: Report) -> dict[str, Any]:
    location: dict[str, Any] = {"path": escape(found.path or report.path)}
    if found.span:
        location["range"] = _range(found.span, report.text)
    told: dict[str, Any] = {
        "message": found.text(shown=escape),
        "location": location,
        "severity": _LEVELS[found.severity],
        "code": {"value": found.code},
    }
    # Each suggestion is a way of its own, so that several edits which belong together are none.
    if found.fix and len(found.fix.edits) == 1:
        ((span, text),) = found.fix.edits
        told["suggestions"] = [{"range": _range(span, report.text), "text": machine.Exact(text)}]
    return told


def _range(span: Span, text: str | None) -> dict[str, dict[str, int]]:
    """The span with its columns counted in UTF-8 bytes."""

    def column(line: int, column: int) -> int:
        row = text and snippet.row(text, line)
        return len(row[: column - 1].encode(errors="replace")) + 1 if row else column

    return {
        "start": {"line": span.line, "column": column(span.line, span.column)},
        "end": {"line": span.end_line, "column": column(span.end_line, span.end_column)},
    }
