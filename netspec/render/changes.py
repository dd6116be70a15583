"""What changed between two versions of specs, in words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from netspec.compiler.plan import Plan
from netspec.diagnostic import value_text
from netspec.diff.compare import Setting, SpecDiff, Status
from netspec.diff.layers import LayerChange, arguments
from netspec.render.words import growth_text, plural, size_text, sizes_text

STATUSES: tuple[Status, ...] = ("broken", "changed", "renamed", "added", "removed", "repaired")

FIGURES: dict[str, Callable[[Plan], tuple[float | None, str]]] = {
    "params": lambda plan: (plan.totals.params, f"{plan.totals.params:,}"),
    "MACs": lambda plan: (plan.totals.macs, f"{plan.totals.macs:,}"),
    "activations": lambda plan: (
        plan.totals.activation_bytes, size_text(plan.totals.activation_bytes)
    ),
    "receptive field": lambda plan: (None, sizes_text(plan.receptive_field)),
}  # fmt: skip
"""Totals by name: the number that a percentage is taken of, and how it is written."""


class Words(NamedTuple):
    """A layer that changed: its sign, name, kind, and what is different."""

    sign: str
    name: str
    kind: str
    what: str


def sentence(specs: Sequence[SpecDiff]) -> str:
    """What happened to how many specs; the ones that did not change are counted."""
    number = Counter(spec.status for spec in specs)
    told = [f"{number[status]} {status}" for status in STATUSES if number[status]]
    same = number["unchanged"]
    if not told:
        return f"no change in {plural(same, 'spec')}" if same else "no specs on either side"
    first, what = told[0].split()
    told[0] = f"{plural(int(first), 'spec')} {what}"
    return ", ".join(told) + (f"; {same} unchanged" if same else "")


def figures(spec: SpecDiff, arrow: str) -> dict[str, str]:
    """Totals before and after, once where they are the same; ? where a side is broken."""
    return {name: _figure(spec, of, arrow) for name, of in FIGURES.items()}


def _figure(spec: SpecDiff, of: Callable[[Plan], tuple[float | None, str]], arrow: str) -> str:
    sides = [(spec.before, spec.plans[0]), (spec.after, spec.plans[1])]
    here = [of(plan) if plan else (None, "?") for report, plan in sides if report]
    if len(here) == 1 or here[0][1] == here[1][1]:
        return here[0][1]
    (x, before), (y, after) = here
    return f"{before} {arrow} {after}{percent(x, y)}"


def percent(x: float | None, y: float | None) -> str:
    """The change in parentheses; nothing where there is no percentage of it."""
    return f" ({growth_text(x, y)})" if x and y is not None else ""


def layers(spec: SpecDiff, arrow: str) -> Iterator[Words]:
    """The layers that changed, in their order."""
    for change in spec.layers:
        yield _layer(change, arrow)


def _layer(change: LayerChange, arrow: str) -> Words:
    a, b = change
    if a is None or b is None:
        node = a or b
        assert node is not None
        written = {name: getattr(node.layer, name) for name in node.layer.model_fields_set}
        told = [f"{name} {_shown(value)}" for name, value in sorted(written.items())]
        params = [f"{node.params:,} params"] if node.params else []
        return Words("+" if a is None else "-", node.name, node.kind, ", ".join(told + params))
    x, y = arguments(a), arguments(b)
    told = [
        f"{name} {_shown(x.get(name))} {arrow} {_shown(y.get(name))}"
        for name in x | y
        if x.get(name) != y.get(name)
    ]
    if a.params != b.params:
        told.append(f"params {a.params:,} {arrow} {b.params:,}{percent(a.params, b.params)}")
    name = a.name if a.name == b.name else f"{a.name} {arrow} {b.name}"
    return Words("~", name, b.kind, ", ".join(told))


def setting(one: Setting, arrow: str) -> str:
    """What a setting was and is."""
    return f"{_shown(one.before)} {arrow} {_shown(one.after)}"


def _shown(value: Any) -> str:
    """A value on one line, much as YAML has it."""
    match value:
        case None:
            return "none"
        case str():
            return value
        case dict():
            return f"{{{', '.join(f'{key}: {_shown(one)}' for key, one in value.items())}}}"
        case list() | tuple():
            if isinstance(value, tuple) and len(set(value)) == 1:
                return _shown(value[0])
            return f"[{', '.join(map(_shown, value))}]"
    return value_text(value)
