"""A report as workflow commands, which GitHub shows beside the lines they are about."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from netspec.diagnostic import Diagnostic
from netspec.render import summary
from netspec.render.report import View
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
    place: dict[str, object] = {"file": _within_workspace(found.path)} if found.path else {}
    if found.span:
        line, column, end_line, end_column = found.span
        place |= {"line": line, "endLine": end_line, "col": column, "endColumn": end_column}
    place["title"] = found.code
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
    return f"::{level} {properties}::{_data(found.text())}"


def _within_workspace(path: str) -> str:
    """The path from the root of the repository, wherever the command runs."""
    root, here = os.environ.get("GITHUB_WORKSPACE"), Path(path).absolute()
    if root and here.is_relative_to(root):
        return here.relative_to(root).as_posix()
    return path


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
