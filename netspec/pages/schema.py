"""The JSON Schema of spec files, for editors to complete and check them.

Draft 7, because the newest draft that editors of YAML know well is that one.
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from netspec import layers
from netspec.language.entry import BESIDE
from netspec.language.spec import Expect, Spec
from netspec.layers.base import Composite, Layer

_REF = "#/$defs/{model}"
_VARIABLE = {"$ref": "#/$defs/variable"}
_ENTRY = {"$ref": "#/$defs/entry"}
_ENTRIES = {"type": "array", "items": _ENTRY}
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_SHARED = 100
"""Characters from which a part that comes twice is written once."""


def text() -> str:
    """The schema as a file, with a line for each definition."""
    whole = schema()
    lines = []
    for key, value in whole.items():
        if key in ("properties", "$defs"):
            inside = ",\n".join(f"    {_line(name)}: {_line(one)}" for name, one in value.items())
            lines.append(f"  {_line(key)}: {{\n{inside}\n  }}")
        else:
            lines.append(f"  {_line(key)}: {_line(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def schema() -> dict[str, Any]:
    """The schema of a whole spec: every layer and keyword with its help text."""
    document = Spec.model_json_schema(ref_template=_REF)
    expect = Expect.model_json_schema(ref_template=_REF)
    defs = document.pop("$defs") | expect.pop("$defs", {}) | {"Expect": expect}
    defs = {name: _older(section) for name, section in defs.items()}
    models = {kind: layers.find(kind) for kind in layers.KINDS}
    defs |= {model.__name__: _layer(model) for model in models.values() if model}
    defs["entry"] = _entry({kind: model.__name__ for kind, model in models.items() if model})
    defs["variable"] = {
        "type": "string",
        "pattern": r"^\$",
        "description": "$name or $(expression) of vars and of a block's arguments",
    }
    whole = _older(document)
    for section in (whole, defs["Block"]):
        section["properties"]["layers"] |= _ENTRIES
    head = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "netspec",
        "description": "A small neural network: its layers, budgets and training",
    }
    return _share(head | whole | {"$defs": dict(sorted(defs.items()))})


def _entry(models: dict[str, str]) -> dict[str, Any]:
    """A name alone, or a mapping with one layer; block names start with a small letter."""
    block = r"^(?!({})$)[a-z_]".format("|".join(BESIDE))
    mapping = {
        "type": "object",
        "properties": {
            "name": _or_variable({"type": "string", "description": "name of the submodule"}),
            "repeat": _or_variable(
                {
                    "type": "integer",
                    "minimum": 0,
                    "description": "number of copies, each with its own weights",
                }
            ),
            "expect": {"$ref": "#/$defs/Expect"},
            "ignore": {
                "type": "array",
                "items": {"type": "string"},
                "description": "rules that do not apply here",
            },
            **{kind: {"$ref": f"#/$defs/{model}"} for kind, model in models.items()},
        },
        "patternProperties": {block: {"description": "arguments of a block"}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": len(BESIDE) + 1,
    }
    alone = {"type": "string", "pattern": r"^[a-z_][A-Za-z0-9_]*$", "description": "a block"}
    return {"anyOf": [{"enum": list(models)}, alone, mapping]}


def _layer(model: type[Layer]) -> dict[str, Any]:
    """What may stand behind a layer's name: its arguments by name, in order, or the first alone."""
    described = model.model_json_schema(ref_template=_REF)
    summary = (inspect.getdoc(model) or "").partition("\n")[0]
    keywords = _older(described) | {"description": summary}
    properties, required = keywords.get("properties", {}), keywords.get("required", [])
    if issubclass(model, Composite):
        if model.mapped:
            nodes = _nodes(_older(described["properties"][model.whole]))
            return {"description": summary, "anyOf": [nodes]}
        for name, field in described["properties"].items():
            nested = field["items"].get("type") == "array"
            properties[name] |= {"items": _ENTRIES if nested else _ENTRY}
        return {"description": summary, "anyOf": [keywords, properties[model.whole]]}
    either = [keywords, *(properties[name] for name in (model.whole,) if name)]
    if fields := [properties[name] for name in model.in_order()]:
        ordered = {"type": "array", "items": fields, "additionalItems": False}
        either += [ordered | {"minItems": len(required)}]
        # More than one that is needed cannot be given by one.
        either += [fields[0]] * (len(required) <= 1)
    either += [{"type": "null"}] * (not required)
    return {"description": summary, "anyOf": either}


def _nodes(mapping: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose values are lists of entries, or mappings that have one."""
    node = mapping["additionalProperties"]
    node["properties"]["layers"] = _ENTRIES | {"description": "layer entries"}
    node["properties"]["expect"] = {"$ref": "#/$defs/Expect"}
    return mapping | {"additionalProperties": {"anyOf": [_ENTRIES, node]}}


def _older(section: Any) -> Any:
    """The same in draft 7, where every value may also be `$name` or `$(expression)`."""
    if isinstance(section, list):
        return [_older(one) for one in section]
    if not isinstance(section, dict):
        return section
    section = {key: value for key, value in section.items() if key != "title"}
    if section.get("default", ...) is None:
        del section["default"]
    for key in _BOUNDS & {*section}:
        # Versions of pydantic write a bound of 0 as 0 or as 0.0.
        if abs(section[key]) < 2**53 and section[key] == int(section[key]):
            section[key] = int(section[key])
    if "prefixItems" in section:
        section["additionalItems"] = section.pop("items", False)
        section["items"] = [_or_variable(_older(one)) for one in section.pop("prefixItems")]
    elif isinstance(section.get("items"), dict):
        section["items"] = _or_variable(_older(section["items"]))
    if "patternProperties" in section:
        section.setdefault("additionalProperties", False)
    for key in "properties", "patternProperties":
        if key in section:
            parts = section[key].items()
            section[key] = {name: _or_variable(_older(one)) for name, one in parts}
    for key in "anyOf", "additionalProperties":
        if key in section:
            section[key] = _older(section[key])
    return section


def _or_variable(section: dict[str, Any]) -> dict[str, Any]:
    told = {key: section[key] for key in ("description", "default") if key in section}
    rest = {key: value for key, value in section.items() if key not in told}
    if not rest:
        return section
    # Beside a $ref nothing else is read, so it stands in a list of its own.
    return told | {"anyOf": [*(rest["anyOf"] if [*rest] == ["anyOf"] else [rest]), _VARIABLE]}


def _share(whole: dict[str, Any]) -> dict[str, Any]:
    """The same with values that come more than once written once, under the name they have."""
    number = Counter(json.dumps(value) for _, value in _values(whole))
    names: dict[str, str] = {}
    shared: dict[str, Any] = {}
    for name, value in _values(whole):
        written = json.dumps(value)
        if number[written] > 1 and len(written) > _SHARED and written not in names:
            others = sum(one.partition(".")[0] == name for one in shared)
            names[written] = f"{name}.{others + 1}" if others else name
            shared[names[written]] = value
    defs = {name: _replace(value, names) for name, value in whole["$defs"].items()} | shared
    return {key: _replace(value, names) for key, value in whole.items()} | {"$defs": defs}


def _values(section: Any) -> Iterator[tuple[str, Any]]:
    """Every value of a keyword, by the keyword's name."""
    if isinstance(section, list):
        for one in section:
            yield from _values(one)
    elif isinstance(section, dict):
        yield from section.get("properties", {}).items()
        for one in section.values():
            yield from _values(one)


def _replace(section: Any, names: dict[str, str]) -> Any:
    if isinstance(section, list):
        return [_replace(one, names) for one in section]
    if not isinstance(section, dict):
        return section
    if name := names.get(json.dumps(section)):
        return {"$ref": f"#/$defs/{name}"}
    return {key: _replace(value, names) for key, value in section.items()}
