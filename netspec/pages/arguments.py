"""Arguments and keys in words: their types, defaults and meanings, from pydantic's schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec.language.written import written

_PLAIN = {
    "integer": "integer", "number": "number", "string": "text", "boolean": "true or false",
    "null": "null", "object": "mapping",
}  # fmt: skip
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_HUGE = 10**5
"""Bounds from which nobody asks for them."""


class Argument(NamedTuple):
    """An argument, or a key, with what it takes."""

    name: str
    type: str
    default: str | None
    """As it is written; None where there is none."""
    required: bool
    meaning: str


def arguments(schema: dict[str, Any]) -> list[Argument]:
    """What a mapping takes, in its order."""
    required, defs = schema.get("required", ()), schema.get("$defs", {})
    return [
        _argument(name, one, name in required, defs)
        for name, one in schema.get("properties", {}).items()
    ]


def _argument(name: str, section: dict[str, Any], required: bool, defs: dict[str, Any]) -> Argument:
    default = section.get("default")
    said = "default" in section and default not in (None, [], "") and not isinstance(default, dict)
    return Argument(
        name, type_text(section, defs), written(default) if said else None, required,
        section.get("description", ""),
    )  # fmt: skip


def type_text(section: dict[str, Any], defs: dict[str, Any]) -> str:
    """What a value has to be: `integer ≥ 1 or a list of them`, `zeros, reflect or null`.

    That null leaves it out goes without saying.
    """
    types = list(dict.fromkeys(_types(section, defs)))
    if len(types) > 1 and section.get("default", ...) is None and "null" in types:
        types.remove("null")
    if len(types) > 1 and types[-1] == f"list of {types[-2]}":
        types[-1] = "a list of them"
    return " or ".join([", ".join(types[:-1])] * (len(types) > 1) + types[-1:])


def _types(section: dict[str, Any], defs: dict[str, Any]) -> Iterator[str]:
    if "anyOf" in section:
        for one in section["anyOf"]:
            yield from _types(one, defs)
    elif "$ref" in section:
        yield from _types(defs.get(section["$ref"].rpartition("/")[2], {}), defs)
    elif "enum" in section or "const" in section:
        yield from map(written, section.get("enum") or [section["const"]])
    elif section.get("type") == "array" and "prefixItems" in section:
        items = section["prefixItems"]
        yield f"list of {len(items)}: {type_text(items[0], defs)}"
    elif section.get("type") == "array":
        inner = section.get("items") or {}
        yield f"list of {type_text(inner, defs)}" if inner else "list"
    elif kind := section.get("type"):
        bounds = [
            f" {sign} {section[key]:g}" for key, sign in _BOUNDS.items()
            if key in section and abs(section[key]) < _HUGE
        ]  # fmt: skip
        several = kind if isinstance(kind, list) else [kind]
        yield " or ".join(_PLAIN[one] for one in several) + ",".join(bounds)
    else:
        yield "anything"
