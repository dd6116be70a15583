"""A report as SARIF 2.1.0, which GitHub code scanning and many viewers read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from netspec import __version__, rules
from netspec.diagnostic import Diagnostic, Span
from netspec.render.report import View
from netspec.report import Report

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(reports: Sequence[Report], view: View) -> str:
    """One run with a result for each finding."""
    found = [(report.path, one) for report in reports for one in report.diagnostics]
    codes = sorted({one.code for _, one in found})
    driver = {"name": "netspec", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, path, codes) for path, one in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    if code not in rules.names():
        return {"id": code}
    rule = rules.find(code)
    return {"id": code, "shortDescription": {"text": rule.summary}, "help": {"text": rule.doc}}


def _result(found: Diagnostic, path: str, codes: list[str]) -> dict[str, Any]:
    path = found.path or path
    result = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": found.severity,
        "message": {"text": found.text()},
        "locations": [_location(path, found.span)],
    }
    if found.trace:
        result["relatedLocations"] = [
            _location(path, at) | {"message": {"text": f"block {block} is used here"}}
            for block, at in found.trace
        ]
    return result


def _location(path: str, span: Span | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if span:
        place["region"] = {
            "startLine": span.line, "startColumn": span.column,
            "endLine": span.end_line, "endColumn": span.end_column,
        }  # fmt: skip
    return {"physicalLocation": place}


def _artifact(path: str) -> dict[str, str]:
    """A path below the working directory as a relative URI, others absolute."""
    file = Path(path)
    if file.is_absolute() and file.is_relative_to(Path.cwd()):
        file = file.relative_to(Path.cwd())
    if file.is_absolute():
        return {"uri": file.as_uri()}
    return {"uri": quote(os.fsencode(file.as_posix())), "uriBaseId": "%SRCROOT%"}
