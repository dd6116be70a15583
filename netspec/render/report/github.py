"""A report as workflow commands, which GitHub shows beside the lines they are about."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.diagnostic import Diagnostic
from netspec.render import forge, summary
from netspec.render.report import View
from netspec.render.safe import escape
from netspec.render.words import plural
from netspec.report import Report

SHOWN = 10
"""Annotations of each level that GitHub shows of one step."""
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(reports: Sequence[Report], view: View) -> str:
    """Annotations, errors first, as many as are shown; then how many findings there are."""
    lines = []
    for severity, level in _LEVELS.items():
        found = [
            one for report in reports for one in report.diagnostics if one.severity == severity
        ]
        lines += [_annotation(level, one) for one in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"{plural(len(found) - SHOWN, severity)} more than GitHub shows")
    return "\n".join([*lines, summary.counts(reports)])


def _annotation(level: str, found: Diagnostic) -> str:
    place: dict[str, object] = {"file": escape(forge.within(found.path))} if found.path else {}
    if found.span:
        line, column, end_line, end_column = found.span
        place |= {"line": line, "endLine": end_line, "col": column, "endColumn": end_column}
    place["title"] = found.code
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
    return f"::{level} {properties}::{_data(found.text(shown=escape))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
