"""The JSON Schema of spec files, draft 2020-12, for editors to complete and check them."""

from __future__ import annotations

import inspect
from typing import Any

from netspec import layers, training
from netspec.entry import BESIDE
from netspec.layers.base import Composite
from netspec.spec import Expect, Spec

_REF = "#/$defs/{model}"
_VARIABLE = {"type": "string", "pattern": r"^\$"}
_ENTRIES = {"type": "array", "items": {"$ref": "#/$defs/entry"}}


def schema() -> dict[str, Any]:
    """The schema of a whole spec: every layer and keyword with its help text."""
    document = Spec.model_json_schema(by_alias=True, ref_template=_REF)
    defs: dict[str, Any] = document.pop("$defs")
    for name, section in Expect.model_json_schema(ref_template=_REF).pop("$defs", {}).items():
        defs[name] = section
    defs |= {"Expect": _open(Expect.model_json_schema(ref_template=_REF)), "entry": _entry()}
    defs |= {kind: _layer(kind) for kind in layers.KINDS}
    for section in (document["properties"], defs["Block"]["properties"]):
        section["layers"] |= _ENTRIES
    defs["Audit"] = _open(defs["Audit"])
    document["properties"]["train"] = training.schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "netspec",
        "description": "A small neural network: its layers, budgets and training",
    }
    return head | document | {"$defs": dict(sorted(defs.items()))}


def _entry() -> dict[str, Any]:
    """A name alone, or a mapping with one layer; block names start with a small letter."""
    block = r"^(?!({})$)[a-z_]".format("|".join(BESIDE))
    mapping = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "name of the submodule"},
            "repeat": {
                "anyOf": [{"type": "integer", "minimum": 0}, _VARIABLE],
                "description": "number of copies, each with its own weights",
            },
            "expect": {"$ref": "#/$defs/Expect"},
            "ignore": {
                "type": "array",
                "items": {"type": "string"},
                "description": "rules that do not apply here",
            },
            **{kind: {"$ref": f"#/$defs/{kind}"} for kind in layers.KINDS},
        },
        "patternProperties": {block: {"description": "arguments of a block"}},
        "additionalProperties": False,
        "minProperties": 1,
    }
    alone = {"type": "string", "pattern": r"^[a-z_][A-Za-z0-9_]*$", "description": "a block"}
    return {"anyOf": [{"enum": list(layers.KINDS)}, alone, mapping]}


def _layer(kind: str) -> dict[str, Any]:
    """What may stand behind a layer's name."""
    model = layers.find(kind)
    assert model is not None
    described = model.model_json_schema(ref_template=_REF)
    summary = (inspect.getdoc(model) or "").partition("\n")[0]
    keywords = _open(described) | {"description": summary}
    keywords.pop("title", None)
    if issubclass(model, Composite):
        return _composite(model, keywords)
    either: list[dict[str, Any]] = [keywords]
    fields = list(keywords.get("properties", {}).values())
    if fields:
        # Positional: all of them in order, or the first alone.
        required = len(keywords.get("required", []))
        either += [
            {"type": "array", "prefixItems": fields, "items": False, "minItems": required},
            {key: value for key, value in fields[0].items() if key != "default"},
        ]
    if not keywords.get("required"):
        either.append({"type": "null"})
    return {"anyOf": either, "description": summary}


def _composite(model: type[Composite], keywords: dict[str, Any]) -> dict[str, Any]:
    for name, field in keywords["properties"].items():
        nested = field["items"].get("type") == "array"
        kept = {key: value for key, value in field.items() if key != "items"}
        keywords["properties"][name] = (
            kept | {"items": _ENTRIES} if nested else kept | {"items": _ENTRIES["items"]}
        )
    whole = keywords["properties"][model.whole]
    return {"anyOf": [keywords, whole], "description": keywords["description"]}


def _open(section: dict[str, Any]) -> dict[str, Any]:
    """A mapping's schema whose values may also be `$name` or `$(expression)`."""
    section = {key: value for key, value in section.items() if key != "$defs"}
    properties = section.get("properties", {})
    section["properties"] = {name: _or_variable(field) for name, field in properties.items()}
    return section


def _or_variable(field: dict[str, Any]) -> dict[str, Any]:
    if field.get("type") == "array":
        return {key: value for key, value in field.items() if key != "title"}
    kept = {key: field[key] for key in ("description", "default") if key in field}
    rest = {key: value for key, value in field.items() if key not in (*kept, "title")}
    options = rest["anyOf"] if set(rest) == {"anyOf"} else [rest]
    return kept | {"anyOf": [*options, _VARIABLE]}
