"""A report for machines: everything that is known, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Fix
from netspec.flow.receptive_field import Jump
from netspec.render.machine import Exact, whole
from netspec.render.report import View
from netspec.report import Report


def render(reports: Sequence[Report], view: View) -> str:
    """Every spec with its figures, layers and findings."""
    return whole(specs=[_spec(report) for report in reports])


def _spec(report: Report) -> dict[str, Any]:
    found = [diagnostic(one, report.path) for one in report.diagnostics]
    head = {"path": report.path, "status": "failed" if report.failed else "ok"}
    return head | (_plan(report.plan) if report.plan else {}) | {"diagnostics": found}


def _plan(plan: Plan) -> dict[str, Any]:
    local = plan.local
    return {
        "name": plan.name,
        "input": plan.input,
        "output": plan.output,
        "totals": plan.totals._asdict(),
        "receptive_field": plan.receptive_field,
        "jump": local and list(map(_number, local.jump)),
        "start": local and local.start,
        "seen": local and local.seen,
        "never_read": plan.never_read,
        "layers": [layer(i, leaf, plan) for i, leaf in enumerate(plan.leaves)],
    }


def _number(jump: Jump) -> float | None:
    return jump if jump is None or isinstance(jump, int) else float(jump)


def layer(index: int, leaf: Node, plan: Plan) -> dict[str, Any]:
    """The facts of one layer as plain data."""
    span, y = plan.span(leaf), leaf.output
    fields = [axis.field for axis in y.axes]
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
        "receptive_field": [field and field.size for field in fields],
        "jump": [_number(field.jump) if field else None for field in fields],
        "start": [field.start if field else None for field in fields],
        "seen": y.seen,
        "global_context": y.global_context,
    }


def diagnostic(found: Diagnostic, path: str) -> dict[str, Any]:
    """A finding in the file at `path` as plain data."""
    span = found.span
    place = ("line", "column", "end_line", "end_column")
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "help": found.help,
        "path": found.path or path,
        **dict(zip(place, span or (None,) * 4, strict=True)),
        "layer": found.layer,
        "trace": [
            {"block": block, "line": at.line, "column": at.column} for block, at in found.trace
        ],
        "fix": found.fix and _fix(found.fix),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [edit.span._asdict() | {"text": Exact(edit.text)} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
