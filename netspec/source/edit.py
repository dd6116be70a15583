"""Edits of a source's text by the places of its values: comments and layout stay."""

from __future__ import annotations

from functools import reduce
from typing import Any

from netspec.source import Source


def assigned(source: Source, parts: list[str], value: str) -> str:
    """The text of a source with `value`, which is YAML, at a place of keys and indexes.

    The deepest value there already is changed; what it lacks of the place is written into it.
    """
    node, text = source.root, source.text
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
