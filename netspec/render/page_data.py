"""What the page's script picks units from: each layer's exact units, run-length coded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from netspec.compiler.plan import Plan
from netspec.flow.receptive_field import Field
from netspec.flow.units import Units
from netspec.render.safe import escape


def data(plan: Plan) -> dict[str, Any]:
    """Input, pixels never read, and each leaf's axes; equal units and fields stand there once."""
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
        layers.append(
            {
                "name": escape(leaf.name),
                "kind": escape(leaf.kind),
                "shape": leaf.output.shape,
                "axes": axes,
                "everywhere": leaf.output.global_context,
            }
        )
    return {
        "input": plan.input,
        "never": [runs(pixels) for pixels in plan.never_read],
        "layers": layers,
        "units": [_units(one) for one in units],
        "fields": [[one.lo, one.hi, one.advance] for one in fields],
    }


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
