"""Everything there is to say about a spec: what the compiler finds, and what the rules find."""

from __future__ import annotations

import os

from netspec import rules
from netspec.compiler import walk as compiler
from netspec.compiler.findings import place
from netspec.compiler.walk import Report
from netspec.source import Source


def check(path: str | os.PathLike[str]) -> Report:
    """The report on a spec file; UsageError where it cannot be read."""
    return _with_rules(compiler.check(path))


def examine(text: Source) -> Report:
    """The report on a spec that is read already."""
    return _with_rules(compiler.examine(text))


def _with_rules(report: Report) -> Report:
    # Without its audit section a spec would be told of what it says to ignore.
    if report.plan is not None and report.whole:
        report.diagnostics += rules.run(report.plan)
        report.diagnostics.sort(key=place)
    return report
