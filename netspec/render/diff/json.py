"""Changes for machines, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.compiler.node import Node
from netspec.diff.compare import SpecDiff
from netspec.diff.layers import arguments
from netspec.render.look import PLAIN, Look
from netspec.render.machine import whole
from netspec.render.report.json import diagnostic


def render(specs: Sequence[SpecDiff], failures: Sequence[str], look: Look = PLAIN) -> str:
    """Every spec of both sides, and what fails."""
    return whole(specs=[change(spec) for spec in specs], failures=list(failures))


def change(spec: SpecDiff) -> dict[str, Any]:
    """What happened to one spec, for JSON."""
    totals = [plan.totals._asdict() if plan else {} for plan in spec.plans]
    return {
        "path": spec.path,
        "before_path": spec.before and spec.before.path,
        "status": spec.status,
        "renamed": spec.renamed,
        "totals": {
            name: {"before": totals[0].get(name), "after": totals[1].get(name)}
            for name in totals[0] | totals[1]
        },
        "receptive_field": {
            side: plan and plan.receptive_field
            for side, plan in zip(("before", "after"), spec.plans, strict=True)
        },
        "layers": [{"before": _layer(a), "after": _layer(b)} for a, b in spec.layers],
        "settings": [one._asdict() for one in spec.settings],
        "findings": {
            "new": [diagnostic(found, spec.path) for found in spec.new],
            "gone": [diagnostic(found, spec.path) for found in spec.gone],
        },
    }


def _layer(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "name": node.name,
        "layer": node.kind,
        "arguments": arguments(node),
        "input": node.input.shape,
        "output": node.output.shape,
        "params": node.params,
        "macs": node.macs,
    }
