"""Changes for machines, as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from netspec import __version__
from netspec.compiler.plan import Node, Plan
from netspec.diff.compare import SpecDiff, arguments
from netspec.render.report.json import diagnostic
from netspec.render.summary import sizes


def render(specs: Sequence[SpecDiff], failures: Sequence[str]) -> str:
    """One JSON object with every spec of both sides; keys are only ever added."""
    whole = {"schema": 1, "version": __version__, "specs": [change(spec) for spec in specs]}
    return json.dumps(whole | {"failures": list(failures)}, indent=2)


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
        "receptive_field": dict(zip(("before", "after"), map(_field, spec.plans), strict=True)),
        "layers": [{"before": _layer(a), "after": _layer(b)} for a, b in spec.layers],
        "settings": [one._asdict() for one in spec.settings],
        "findings": {
            "new": [diagnostic(found, spec.path) for found in spec.new],
            "gone": [diagnostic(found, spec.path) for found in spec.gone],
        },
    }


def _field(plan: Plan | None) -> list[int | None] | None:
    return sizes(plan) if plan else None


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
