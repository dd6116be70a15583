"""A report as SARIF 2.1.0, which GitHub code scanning and many viewers read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from netspec import __version__
from netspec.diagnostic import Diagnostic, Fix, Span
from netspec.pages.codes import page
from netspec.render import forge, machine
from netspec.render.fingerprint import fingerprints
from netspec.render.report import View
from netspec.render.safe import escape, escape_lines
from netspec.report import Report

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(reports: Sequence[Report], view: View) -> str:
    """One run with a result for each finding."""
    found = list(fingerprints(reports))
    codes = sorted({one.code for one, _, _ in found})
    driver = {"name": "netspec", "version": __version__, "rules": [_rule(code) for code in codes]}
    if home := forge.home():
        driver["informationUri"] = home
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(*facts, codes) for facts in found],
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return machine.text(whole, escape_lines)


def _rule(code: str) -> dict[str, Any]:
    about = page(code)
    why = about.doc.partition("\nBad:")[0].strip()
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": about.summary},
        "fullDescription": {"text": why},
        "help": {"text": about.text, "markdown": about.doc},
        "defaultConfiguration": {"level": about.severity},
    }
    if home := forge.home():
        rule["helpUri"] = f"{home}/{about.file}"
    return rule


def _result(found: Diagnostic, path: str, fingerprint: str, codes: list[str]) -> dict[str, Any]:
    result = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": found.severity,
        "message": {"text": found.text(shown=escape)},
        "locations": [_location(path, found.span)],
        "partialFingerprints": {"netspec/v1": fingerprint},
    }
    if found.trace:
        result["relatedLocations"] = [
            _location(path, at) | {"message": {"text": f"block {escape(block)} is used here"}}
            for block, at in found.trace
        ]
    if found.fix:
        result["fixes"] = [_fix(found.fix, path)]
    return result


def _fix(fix: Fix, path: str) -> dict[str, Any]:
    return {
        "description": {"text": escape(fix.title)},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {
                        "deletedRegion": _region(edit.span),
                        "insertedContent": {"text": machine.Exact(edit.text)},
                    }
                    for edit in fix.edits
                ],
            }
        ],
    }


def _location(path: str, span: Span | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if span:
        place["region"] = _region(span)
    return {"physicalLocation": place}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line, "startColumn": span.column,
        "endLine": span.end_line, "endColumn": span.end_column,
    }  # fmt: skip


def _artifact(path: str) -> dict[str, str]:
    """A path in the repository as a relative URI, others absolute."""
    file = Path(os.path.abspath(path)) if path.startswith("..") else Path(path)
    if file.is_absolute():
        return {"uri": file.as_uri()}
    return {"uri": quote(os.fsencode(file.as_posix())), "uriBaseId": "%SRCROOT%"}
