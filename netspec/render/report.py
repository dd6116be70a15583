"""Reports of a check, as text for people and as JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from netspec import __version__
from netspec.compiler import Report
from netspec.diagnostic import Diagnostic
from netspec.plan import Node, Plan
from netspec.render import table

def full(reports: Sequence[Report], *, layers: bool, show: Callable[[Diagnostic], str]) -> str:
    """Tables of layers, or a line for each spec, then every finding and how many there are."""
    parts = []
    plans = [report.plan for report in reports if report.plan]
    if layers:
        parts += [table.render(plan) for plan in plans]
    elif plans:
        parts += ["\n".join(_overview([report for report in reports if report.plan]))]
    for report in reports:
        parts += map(show, report.diagnostics)
    return "\n\n".join([*parts, count(reports)])


def count(reports: Sequence[Report]) -> str:
    """The last line: how many specs, and what was found in them."""
    found = Counter(one.severity for report in reports for one in report.diagnostics)
    counts = [_plural(found[kind], kind) for kind in ("error", "warning", "note") if found[kind]]
    return f"{_plural(len(reports), 'spec')}: {', '.join(counts) or 'no findings'}"


def _plural(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"


def _overview(reports: Sequence[Report]) -> list[str]:
    rows = [("spec", "input", "output", "params", "MACs", "field", "findings")]
    for report in reports:
        if (plan := report.plan) is None:
            continue
        leaf = plan.last_local
        sizes = [axis.field and axis.field.size for axis in leaf.output.axes] if leaf else []
        each = list(dict.fromkeys("-" if size is None else str(size) for size in sizes))
        rows.append((
            report.path, table.shape_text(plan.input), table.shape_text(plan.output),
            f"{plan.totals.params:,}", f"{plan.totals.macs:,}", " x ".join(each) or "-",
            str(len(report.diagnostics) or "none"),
        ))  # fmt: skip
    return table.columns(rows, "<<<>>>>")


def data(reports: Sequence[Report]) -> dict[str, Any]:
    """The reports as plain data; keys are only ever added."""
    return {"schema": 1, "version": __version__, "specs": [_spec(report) for report in reports]}


def _spec(report: Report) -> dict[str, Any]:
    found = [_diagnostic(one, report.path) for one in report.diagnostics]
    head = {"path": report.path, "status": "failed" if report.failed else "ok"}
    return head | (_plan(report.plan) if report.plan else {}) | {"diagnostics": found}


def _plan(plan: Plan) -> dict[str, Any]:
    totals, leaf = plan.totals, plan.last_local
    return {
        "name": plan.name,
        "input": plan.input,
        "output": plan.output,
        "totals": {
            "params": totals.params,
            "buffers": totals.buffers,
            "macs": totals.macs,
            "activation_bytes": totals.activation_bytes,
        },
        "receptive_field": _sizes(leaf) if leaf else None,
        "seen": [axis.seen for axis in leaf.output.axes] if leaf else None,
        "never_read": plan.never_read,
        "layers": [_layer(i, leaf, plan) for i, leaf in enumerate(plan.leaves)],
    }


def _sizes(leaf: Node) -> list[int | None]:
    return [axis.field and axis.field.size for axis in leaf.output.axes]


def _layer(index: int, leaf: Node, plan: Plan) -> dict[str, Any]:
    span, y = plan.span(leaf), leaf.output
    fields = [axis.field for axis in y.axes]
    jumps = [field.jump if field else None for field in fields]
    return {
        "index": index,
        "name": leaf.name,
        "layer": leaf.kind,
        "line": span.line,
        "column": span.column,
        "depth": leaf.depth,
        "input": leaf.input.shape,
        "output": y.shape,
        "params": leaf.params,
        "buffers": leaf.buffer_count,
        "macs": leaf.macs,
        "receptive_field": _sizes(leaf),
        "jump": [jump if jump is None or isinstance(jump, int) else float(jump) for jump in jumps],
        "start": [field.start if field else None for field in fields],
        "seen": [axis.seen for axis in y.axes],
        "global_context": y.global_context,
    }


def _diagnostic(found: Diagnostic, path: str) -> dict[str, Any]:
    span = found.span
    place = {"line": None, "column": None, "end_line": None, "end_column": None}
    if span:
        place = {"line": span.line, "column": span.column,
                 "end_line": span.end_line, "end_column": span.end_column}  # fmt: skip
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "help": found.help,
        "path": found.path or path,
        **place,
        "layer": found.layer,
        "trace": [
            {"block": block, "line": at.line, "column": at.column} for block, at in found.trace
        ],
    }
