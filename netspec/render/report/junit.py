"""A report as JUnit XML: a suite for each spec, a case for each finding that fails it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as _entities

from netspec.diagnostic import Diagnostic
from netspec.render import snippet
from netspec.render.report import View
from netspec.render.safe import escape, escape_lines
from netspec.report import Report


def render(reports: Sequence[Report], view: View) -> str:
    """One XML document in ASCII."""
    failing = ("error", "warning") if view.strict else ("error",)
    suites = [_suite(report, failing) for report in reports]
    failures = sum(one.severity in failing for report in reports for one in report.diagnostics)
    cases = sum(suite.count("<testcase ") for suite in suites)
    head = f'<testsuites name="netspec" tests="{cases}" failures="{failures}" errors="0">'
    text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *suites, "</testsuites>"])
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _suite(report: Report, failing: tuple[str, ...]) -> str:
    failures = [found for found in report.diagnostics if found.severity in failing]
    others = [snippet.concise(found) for found in report.diagnostics if found not in failures]
    path = _text(escape(report.path))
    cases = [_case(found, path, report.text) for found in failures]
    cases = cases or [f'    <testcase classname="{path}" name="check"/>']
    if others:
        cases.append(f"    <system-out>{_text(chr(10).join(others))}</system-out>")
    numbers = f'tests="{max(1, len(failures))}" failures="{len(failures)}" errors="0"'
    return "\n".join([f'  <testsuite name="{path}" {numbers}>', *cases, "  </testsuite>"])


def _case(found: Diagnostic, path: str, text: str | None) -> str:
    at = f" at {found.span.line}:{found.span.column}" if found.span else ""
    shown = snippet.render(found, text, color=False, width=None)
    return (
        f'    <testcase classname="{path}" name="{_text(escape(found.code) + at)}">\n'
        f'      <failure type="{found.severity}" message="{_text(escape(found.message))}">'
        f"{_text(shown)}</failure>\n"
        "    </testcase>"
    )


def _text(words: str) -> str:
    # XML has no way to write most control characters.
    return _entities(escape_lines(words))
