"""A spec with other values at the places that vary: as data, as text, and its report."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from netspec import compiler, rules
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, UsageError, listed, nearest, short
from netspec.language.override import override, placed, unread
from netspec.language.spec import Spec
from netspec.search.bounds import Figures
from netspec.search.parts import Refused
from netspec.search.space import Point, Space
from netspec.source import Source
from netspec.source.dump import checked

OPTION = "--vary"


def bound(source: Source, space: Space, point: Point) -> Source:
    """The spec at a point, in data alone: places and text stay those of the file."""
    data = source.data
    for axis, i in zip(space.axes, point, strict=True):
        data = placed(data, axis.parts, axis.values[i])
    return Source(source.path, source.text, source.lines, data, source.root)


def written(source: Source, space: Space, point: Point) -> Source:
    """The spec at a point as text, in which the comments of the file stay."""
    for axis, i in zip(space.axes, point, strict=True):
        source = override(source, axis.key, checked(axis.values[i]), OPTION)
    return source


def plan_of(source: Source) -> Plan:
    """The plan of a spec in data; Refused where it has an error that no rule finds."""
    compiled = compiler.examine(source)
    if compiled.plan is None or compiled.diagnostics:
        raise Refused(compiled.diagnostics[0])
    return compiled.plan


def figures(plan: Plan) -> Figures:
    """What is known of a plan."""
    totals, local = plan.totals, plan.local
    return Figures(
        totals.params, totals.macs, totals.activation_bytes, totals.training_bytes,
        len(plan.leaves), tuple(local.size if local else ()),
        tuple(local.longest if local else ()), plan.input, plan.output,
    )  # fmt: skip


def errors(plan: Plan) -> list[Diagnostic]:
    """What rules find in a plan that are errors."""
    return [found for found in rules.run(plan) if found.severity == "error"]


def check_places(source: Source, space: Space) -> None:
    """Refuse places that lead nowhere or cannot be written; UsageError says which and why."""
    before = {found.span for found in compiler.examine(source).diagnostics}
    for axis in space.axes:
        what, section = f"{OPTION} {axis.key}", axis.parts[0]
        if section not in Spec.model_fields:
            instead = nearest(section, Spec.model_fields) or listed(Spec.model_fields)
            raise UsageError(f"{what}: a spec has no {section}", instead)
        for value in dict.fromkeys(map(checked, (axis.values[0], axis.values[-1]))):
            changed = override(source, axis.key, value, OPTION)
            for place, message, known in unread(source.data, changed.data):
                other = [name for name in known if name != place[-1]]
                hint = nearest(place[-1], other) or (listed(known) if known else None)
                raise UsageError(f"{what}: {message}", hint)
            for found in compiler.examine(changed).diagnostics:
                if found.code == "unknown-key" and found.span not in before:
                    raise UsageError(f"{what}: {found.message}", found.help)


def without_expectations(source: Source) -> Source:
    """The spec with what it expects beside its entries set to null."""
    keys = [*_expectations(source.data.get("layers"), ("layers",))]
    for name, block in (source.data.get("blocks") or {}).items():
        layers = block.get("layers") if isinstance(block, dict) else None
        keys += _expectations(layers, ("blocks", name, "layers"))
    return reduce(lambda spec, key: override(spec, key, "null", "--no-expect"), keys, source)


def _expectations(value: Any, at: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    parts: Any = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        parts = value.items()
        if value.get("expect") is not None:
            found.append(".".join((*at, "expect")))
    for name, one in parts:
        if name != "expect" and isinstance(one, list | dict):
            found += _expectations(one, (*at, str(name)))
    return found


def value_text(value: Any) -> str:
    """A value that varies, as it is written in YAML."""
    return short(json.dumps(value) if isinstance(value, str) and not value else checked(value), 60)
