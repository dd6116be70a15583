"""torch's habit: arguments in torch's order, with the one that the layer before tells."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from netspec import layers
from netspec.diagnostic import Change, Fault, Way, short
from netspec.flow.flow import Flow
from netspec.language.entry import Entry
from netspec.language.expression import resolve
from netspec.language.validation import faults
from netspec.layers.base import Layer, Leaf

Scope = Mapping[str, Any]

_INFERRED = " is inferred"
_MOST = 3
"""Arguments up to which a list that is right without one can have no other meaning."""


def explain(fault: Fault, entry: Entry, scope: Scope, x: Flow | None, *, run: bool = False) -> None:
    """Make the help of a fault say so where the argument that is inferred leads to it.

    With `run` that is where the layer would run on `x` without it.
    """
    if hint := _hint(entry, scope, x, run=run, sure=not run):
        fault.help = hint


def told(fault: Fault) -> bool:
    """Whether the help of a fault says that an argument is inferred."""
    return _INFERRED in (fault.help or "")


def fault(error: ValidationError, entry: Entry, scope: Scope, x: Flow | None) -> Fault | None:
    """The first of the faults that an inferred argument leads to; None where that is not why."""
    model = layers.find(entry.kind)
    assert model is not None
    first = next(faults(error, model, entry.kind, entry.value))
    hint = _hint(entry, scope, x)
    if infers := isinstance(entry.value, dict) and issubclass(model, Leaf) and model.infers:
        value = entry.value.get("eps")
        if first.at == ("eps",) and type(value) is int:
            hint = f"{infers[0]} is inferred, and eps is a fraction: leave it out"
    if not hint:
        return None
    first.help = hint
    return first


def check(layer: Layer, entry: Entry, values: Mapping[str, Any]) -> None:
    """Refuse a whole number as an `eps` whose place in torch's order is another argument's."""
    infers = layer.infers if isinstance(layer, Leaf) else None
    if infers and type(values.get("eps")) is int and not isinstance(entry.value, dict):
        message = f"eps: expected a fraction, not the whole number {values['eps']}"
        raise Fault("wrong-value", message, _way_out(entry, infers), ("eps",))


def _hint(
    entry: Entry, scope: Scope, x: Flow | None, *, run: bool = False, sure: bool = False
) -> str | None:
    """How to write an entry that would be right without the inferred argument; None if not."""
    model = layers.find(entry.kind)
    infers = model.infers if model and issubclass(model, Leaf) else None
    written = _list(entry.value)
    if model is None or infers is None or len(written) <= infers[1]:
        return None
    name, at = infers
    rest = [*written[:at], *written[at + 1 :]]
    names = model.in_order()
    if len(rest) > len(names):
        return None
    try:
        given = resolve(written[at], scope, ())
        values = {one: resolve(value, scope, ()) for one, value in zip(names, rest, strict=False)}
        layer = model.parse(entry.kind, values)
        assert isinstance(layer, Leaf)
        same = x is not None and layer.inferred(x.shape).get(name) == given
        if run and x is not None:
            layer.run(x)
    except (ValidationError, Fault):
        return None
    if same or sure or (not run and len(written) <= _MOST):
        return _way_out(entry, infers, same)
    return None


def _way_out(entry: Entry, infers: tuple[str, int], sure: bool = False) -> str:
    """What to write without the argument that is inferred; `sure` where it is what comes in."""
    name, at = infers
    written = _list(entry.value)
    rest = [*written[:at], *written[at + 1 :]]
    change = Change("bare", new=entry.kind, safe=sure, at=())
    if rest:
        change = Change("remove", safe=sure, at=(at,))
    return Way(f"{name}{_INFERRED}: write {in_order(entry.kind, rest)}", change)


def in_order(kind: str, values: list[Any]) -> str:
    """A layer with its arguments in order, as people write it."""
    if not values:
        return f"{kind} alone"
    alone = len(values) == 1 and not isinstance(values[0], list | dict)
    return short(f"{kind}: {_text(values[0] if alone else values)}", 80)


def _list(value: Any) -> list[Any]:
    """Arguments in order; none where they are given by name."""
    if value is None or isinstance(value, dict):
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_text, value))}]"
    return str(value)
