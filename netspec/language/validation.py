"""pydantic's errors in netspec's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import Fault, Path, listed, nearest, value_text

INFERRED = frozenset({"in_channels", "in_features", "num_features", "num_channels"})
"""Arguments that torch asks for and a spec may not write."""

_EXPECTED = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a string",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def faults(error: ValidationError, model: type[BaseModel], what: str) -> Iterator[Fault]:
    """One fault for each place that pydantic complains about, `at` the place below the model."""
    found: dict[Path, Fault] = {}
    misspelt = set()
    for one in error.errors(include_url=False):
        # A union complains once for each of its types about one value.
        loc = tuple(part for part in one["loc"] if not _is_tag(part))
        found.setdefault(loc, fault := _fault({**one, "loc": loc}, model, what))
        fault.key |= "[key]" in one["loc"]
        if fault.code == "unknown-key" and fault.help:
            misspelt |= {(*loc[:-1], word) for word in fault.help.rstrip("?").split()[-1:]}
    for loc, fault in found.items():
        # A key that is there under a wrong name is not missing as well.
        if fault.code != "missing-key" or loc not in misspelt:
            yield fault


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and (part in ("int", "float", "str") or "[" in part)


def _fault(error: Any, model: type[BaseModel], what: str) -> Fault:
    kind, at, context = error["type"], error["loc"], error.get("ctx", {})
    if fault := context.get("fault"):
        return Fault(fault.code, fault.message, fault.help, at, key=fault.key)
    name = at[-1] if at else what
    named = [part for part in at[:-1] if isinstance(part, str)]
    what = named[-1] if named else what
    if kind == "missing" and isinstance(name, int):
        return Fault("wrong-length", f"{what}: needs more than {name}", at=at[:-1])
    if kind == "missing":
        return Fault("missing-key", f"{what} needs {name}", f"add {name}: …", at[:-1], key=True)
    if kind == "extra_forbidden":
        if name in INFERRED:
            message = f"{name} is inferred from the layer before"
            return Fault("unknown-key", message, "remove it", at, key=True)
        known = _fields(model, at[:-1])
        guess = nearest(str(name), known)
        hint = guess or (listed(known) if known else None)
        return Fault("unknown-key", f"{what} has no {name}", hint, at, key=True)
    value = value_text(error["input"])
    if kind in _EXPECTED:
        return Fault("wrong-type", f"{name}: expected {_EXPECTED[kind]}, not {value}", at=at)
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return Fault("wrong-value", f"{name}: expected {words} {context[key]}, not {value}", at=at)
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        options = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        guess = nearest(str(error["input"]), known)
        return Fault("wrong-value", f"{name}: expected {options}, not {value}", guess, at)
    if kind == "string_pattern_mismatch":
        message = f"{name}: letters, digits and _ only, not {value}"
        return Fault("wrong-value", message, at=at)
    if kind == "too_short":
        return Fault("wrong-length", f"{name}: needs at least {context['min_length']}", at=at)
    if kind == "too_long":
        return Fault("wrong-length", f"{name}: takes at most {context['max_length']}", at=at)
    message = error["msg"][:1].lower() + error["msg"][1:]
    code = kind if "-" in kind else "wrong-value"
    return Fault(code, f"{name}: {message}", context.get("help"), at)


def _fields(model: type[BaseModel], at: tuple[str | int, ...]) -> list[str]:
    """Names of the keys that are known at a place below a model."""
    found: Any = model
    for part in at:
        if isinstance(found, type) and issubclass(found, BaseModel) and part in found.model_fields:
            found = found.model_fields[str(part)].annotation
            found = next((a for a in (*get_args(found), found) if isinstance(a, type)
                          and issubclass(a, BaseModel)), found)  # fmt: skip
        elif get_args(found):
            found = get_args(found)[-1]
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []
