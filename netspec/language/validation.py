"""pydantic's errors in netspec's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import Fault, Path, nearest, value_text

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


_TYPES = ("int", "float", "str")
_MAX = 400
"""Complaints about one mapping that are looked at: more than anybody is told of."""


def faults(
    error: ValidationError,
    model: type[BaseModel],
    what: str,
    data: Any,
    context: Any = None,
    explain: bool = False,
) -> Iterator[Fault]:
    """One fault for each mistake that pydantic complains about, `at` the place below the model.

    `data` are what was validated, in this context. With `explain` each fault says the form that is
    meant where there is one.
    """
    found: dict[Path, Fault] = {}
    meant: set[Path] = set()
    lacking: list[Path] = []
    for one in error.errors(include_url=False)[:_MAX]:
        # A union complains once for each of its types about one value.
        loc = untagged(one["loc"], data)
        fault = _fault({**one, "loc": loc}, model, what, meant)
        if one["type"] == "missing" and fault.code == "missing-key":
            lacking.append(loc)
            continue
        fault.key |= "[key]" in one["loc"]
        found.setdefault(loc, fault)
    if explain:
        from netspec.language.explanation import explained

        found = explained(found, model, what, data, context)
    # A key that is there under a wrong name is not missing as well.
    lacking = [loc for loc in lacking if loc not in meant]
    for at in dict.fromkeys(loc[:-1] for loc in lacking):
        yield _missing([str(loc[-1]) for loc in lacking if loc[:-1] == at], at, what)
    yield from found.values()


def _missing(names: list[str], at: Path, what: str) -> Fault:
    """The fault of a mapping that lacks some keys."""
    row = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    help = f"add {', '.join(f'{name}: …' for name in names)}"
    return Fault("missing-key", f"{last_name(at, what)} needs {row}", help, at, key=True)


def untagged(loc: Path, data: Any) -> Path:
    """A place as pydantic says it, without the names of types that it puts between.

    A name that the data have there is a key, whatever it looks like.
    """
    at: list[str | int] = []
    for part in loc:
        known = isinstance(data, dict) and part in data
        if known or not isinstance(part, str) or not (part in _TYPES or "[" in part):
            at.append(part)
            inside = known or (isinstance(data, list) and part in range(len(data)))
            data = data[part] if inside else None
    return tuple(at)


def last_name(at: Path, what: str) -> str:
    """The name that a place goes by; `what` is that of the whole."""
    return next((part for part in reversed(at) if isinstance(part, str)), what)


def _fault(error: Any, model: type[BaseModel], what: str, meant: set[Path]) -> Fault:
    """The fault of one complaint; a key that is there under another name is added to `meant`."""
    kind, at, context = error["type"], error["loc"], error.get("ctx", {})
    if fault := context.get("fault"):
        return Fault(fault.code, fault.message, fault.help, at, key=fault.key)
    name, what = last_name(at, what), last_name(at[:-1], what)
    if kind == "missing" and isinstance(at[-1], int):
        return Fault("wrong-length", f"{name}: needs more than {at[-1]}", at=at[:-1])
    if kind == "missing":
        return Fault("missing-key", f"{what} needs {name}", f"add {name}: …", at[:-1], key=True)
    if kind == "extra_forbidden":
        from netspec.language.unknown_key import unknown_key

        fault, word = unknown_key(str(at[-1]), error["input"], model, at[:-1], what)
        if word:
            meant.add((*at[:-1], word))
        return fault
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
        return Fault("wrong-value", message, _renamed(str(error["input"]), context), at)
    if kind == "too_short":
        return Fault("wrong-length", f"{name}: needs at least {context['min_length']}", at=at)
    if kind == "too_long":
        return Fault("wrong-length", f"{name}: takes at most {context['max_length']}", at=at)
    message = error["msg"][:1].lower() + error["msg"][1:]
    code = kind if "-" in kind else "wrong-value"
    return Fault(code, f"{name}: {message}", context.get("help"), at)


def _renamed(name: str, context: Any) -> str | None:
    """The name that is nearest to one which has the wrong letters."""
    for other in (name[:1].lower() + name[1:], re.sub(r"\W+", "_", name), f"n{name}"):
        if re.search(context["pattern"], other) and len(name) < 100:
            return f"write {other}"
    return None


def fields(model: type[BaseModel], at: tuple[str | int, ...]) -> list[str]:
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
