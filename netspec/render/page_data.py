"""What the page's script draws and picks from: layers with their exact units, links and parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from netspec.compiler.links import links
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Fault
from netspec.flow.receptive_field import Field
from netspec.flow.units import Units
from netspec.render.drawing.part import SHOWN, Part, parts
from netspec.render.drawing.picture import costs, layer_words, low, part_words
from netspec.render.safe import escape
from netspec.render.words import per_axis


def data(
    plan: Plan,
    findings: Sequence[Diagnostic] = (),
    image: str | None = None,
    boxes: int = SHOWN,
) -> dict[str, Any]:
    """All that `netspec.view` shows of a plan; equal units and fields stand there once.

    `image` is the address of a picture of the input, with all of its data in it;
    at most `boxes` boxes stand there at first.
    """
    units: dict[Units, int] = {}
    fields: dict[Field, int] = {}
    layers = []
    for leaf in plan.leaves:
        axes = [
            [
                units.setdefault(axis.units, len(units)),
                None if axis.field is None else fields.setdefault(axis.field, len(fields)),
                axis.along,
            ]
            for axis in leaf.output.axes
        ]
        sizes = [str(axis.field.size) if axis.field else "?" for axis in leaf.output.axes]
        layers.append(
            {
                "name": escape(leaf.name),
                "kind": escape(leaf.kind),
                "shape": leaf.output.shape,
                "axes": axes,
                "everywhere": leaf.output.global_context,
                "costs": costs(leaf),
                "field": per_axis(sizes),
                "low": low(leaf),
                "words": layer_words(leaf),
            }
        )
    reads: dict[tuple[int, ...], int] = {}
    wired = [
        [source, reader, reads.setdefault(tuple(
            units.setdefault(one, len(units)) for one in each
        ), len(reads))]
        for source, reader, each in _links(plan)
    ]  # fmt: skip
    numbers = {leaf.name: number for number, leaf in enumerate(plan.leaves)}
    return {
        "name": escape(plan.name),
        "input": plan.input,
        "output": plan.output,
        "totals": [plan.totals.params, plan.totals.macs, plan.totals.activation_bytes],
        "image": image,
        "never": [runs(pixels) for pixels in plan.never_read],
        "layers": layers,
        "parts": _part(parts(plan, boxes)),
        "findings": [
            {
                "severity": found.severity,
                "code": escape(found.code),
                "text": found.text("{}; {}", escape),
                "line": found.span and found.span.line,
                "layer": numbers.get(found.layer or ""),
            }
            for found in findings
        ],
        "links": wired,
        "reads": list(reads),
        "units": [_units(one) for one in units],
        "fields": [[one.lo, one.hi, one.advance] for one in fields],
    }


def _links(plan: Plan) -> list[Any]:
    try:
        return links(plan)
    except Fault:  # more work than the analysis itself may cost: who reads a unit is not shown
        return []


def _part(part: Part) -> dict[str, Any]:
    """A part; what is as it mostly is stands nowhere."""
    told: dict[str, Any] = {
        "items": [one if isinstance(one, int) else _part(one) for one in part.items]
    }
    if part.label:
        told |= {"label": escape(part.label), "words": part_words(part)}
    if part.way != "down":
        told |= {"way": part.way, "joins": part.joins}
    if part.grid:
        told |= {"grid": part.grid._asdict(), "names": [escape(name) for name in part.names]}
    if not part.open:
        told["open"] = False
    return told


def runs(values: Sequence[int]) -> list[list[int]]:
    """The values as [first, step, count], each as long as one step leads on."""
    found: list[list[int]] = []
    for value in values:
        if found:
            first, step, count = last = found[-1]
            if count == 1:
                last[1:] = value - first, 2
                continue
            if value == first + step * count:
                last[2] += 1
                continue
        found.append([value, 0, 1])
    return found


def _units(units: Units) -> list[Any]:
    coded: list[Any] = [runs(units.first), runs(units.last)]
    return coded if units.masks is None else [*coded, _repeats(map("{:x}".format, units.masks))]


def _repeats(masks: Iterable[str]) -> list[list[Any]]:
    return [[mask, len(list(same))] for mask, same in groupby(masks)]
