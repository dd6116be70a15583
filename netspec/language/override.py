"""`key=value` on top of a spec, written into its text: comments and places stay."""

from __future__ import annotations

from functools import reduce
from typing import Any

from netspec.diagnostic import SpecError, UsageError
from netspec.source import Source, parse


def override(source: Source, key: str, value: str) -> Source:
    """Return the spec with the value at a dotted key replaced or added; `value` is YAML.

    Raises UsageError where the key leads nowhere or the value is not one YAML value.
    """
    what, parts, text = f"--set {key}={value}", key.split("."), value.strip() or "null"
    try:
        given = parse(f"value: {text}", "--set").data
        expected = _with(source.data, parts, given["value"])
        changed = parse(_edited(source, parts, text), source.path)
    except SpecError as error:
        raise UsageError(f"{what}: {error.diagnostics[0].message}") from None
    except LookupError as error:
        raise UsageError(f"{what}: nothing is called {error.args[0]} there") from None
    if given.keys() != {"value"} or changed.data != expected:
        raise UsageError(f"{what}: cannot be written into {source.path}", "edit the file instead")
    return changed


def _with(data: Any, parts: list[str], value: Any) -> Any:
    """Return a copy of `data` with another value at a place; LookupError where there is none."""
    if not parts:
        return value
    first, rest = parts[0], parts[1:]
    if isinstance(data, list) and first.isdecimal() and int(first) < len(data):
        index = int(first)
        return [*data[:index], _with(data[index], rest, value), *data[index + 1 :]]
    if data is None or data == first:
        data = {}  # `Adam` is short for `{Adam: }`
    if not isinstance(data, dict):
        raise LookupError(first)
    return {**data, first: _with(data.get(first), rest, value)}


def _edited(source: Source, parts: list[str], value: str) -> str:
    """Return the text with `value` at a place; the deepest value there already is changed."""
    node, text = source._root, source.text
    while parts and node.children:
        index: Any = int(parts[0]) if isinstance(node.children, list) else parts[0]
        if isinstance(node.children, dict) and index not in node.children:
            break
        node, parts = node.children[index], parts[1:]
    value = reduce(lambda inner, part: f"{{{part}: {inner}}}", reversed(parts[1:]), value)
    start, end = node.start.index, node.end.index
    if parts and node.children:
        if text[start] == "{":
            return f"{text[: start + 1]}{parts[0]}: {value}, {text[start + 1 :]}"
        indent = "\n" + " " * node.start.column
        return f"{text[:start]}{parts[0]}: {value}{indent}{text[start:]}"
    if parts:
        value = f"{{{parts[0]}: {value}}}"
    if start == end and node.key:  # no value: it goes behind the colon of its key
        start = end = text.index(":", node.key.end.index) + 1
        return f"{text[:start]} {value}{text[end:]}"
    lines = text[start:end].split("\n")
    # A block ends where the next thing begins; what is blank or a comment before that stays.
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return text[:start] + value + text[start + len("\n".join(lines)) :]
