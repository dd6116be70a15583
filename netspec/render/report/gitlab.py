"""A report for GitLab's code quality widget."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from netspec.diagnostic import Diagnostic
from netspec.render.report import View
from netspec.report import Report

_LEVELS = {"error": "major", "warning": "minor", "note": "info"}


def render(reports: Sequence[Report], view: View) -> str:
    """A JSON list of issues."""
    seen: Counter[str] = Counter()
    issues = [_issue(one, report.path, seen) for report in reports for one in report.diagnostics]
    return json.dumps(issues, indent=2)


def _issue(found: Diagnostic, path: str, seen: Counter[str]) -> dict[str, Any]:
    # Without its line, a finding that only moved is still the same.
    identity = "\0".join((found.path or path, found.code, found.layer or "", found.message))
    seen[identity] += 1
    span = found.span
    return {
        "description": found.text("{} (help: {})"),
        "check_name": found.code,
        "fingerprint": _hash(f"{identity}\0{seen[identity]}"),
        "severity": _LEVELS[found.severity],
        "location": {
            "path": found.path or path,
            "lines": {"begin": span.line if span else 1, "end": span.end_line if span else 1},
        },
    }


def _hash(text: str) -> str:
    # A path need not be text.
    return sha256(text.encode(errors="surrogateescape")).hexdigest()
