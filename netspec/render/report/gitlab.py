"""A report for GitLab's code quality widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.diagnostic import Diagnostic
from netspec.render import machine
from netspec.render.fingerprint import fingerprints
from netspec.render.report import View
from netspec.report import Report

_LEVELS = {"error": "major", "warning": "minor", "note": "info"}


def render(reports: Sequence[Report], view: View) -> str:
    """A JSON list of issues."""
    return machine.text([_issue(*facts) for facts in fingerprints(reports)])


def _issue(found: Diagnostic, path: str, fingerprint: str) -> dict[str, Any]:
    span = found.span
    return {
        "description": found.text("{} (help: {})"),
        "check_name": found.code,
        "fingerprint": fingerprint,
        "severity": _LEVELS[found.severity],
        "location": {
            "path": path,
            "lines": {"begin": span.line if span else 1, "end": span.end_line if span else 1},
        },
    }
