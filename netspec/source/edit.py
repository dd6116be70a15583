"""Edits of a source's text by the places of its values: comments, quotes and layout stay.

What makes an edit gives None where the value cannot be edited by itself: it is not there, or it is
an alias or has an anchor, so that other places would change with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from typing import Any

from netspec.diagnostic import Change, Edit, Fix, Path
from netspec.source import Source
from netspec.source.dump import flow
from netspec.source.lines import lines_of
from netspec.source.members import Edits, removed
from netspec.source.places import (
    behind_colon,
    end_of,
    in_flow,
    put,
    way_to,
)


def fix(source: Source, title: str, edits: Iterable[Edit | None], safe: bool = True) -> Fix | None:
    """The fix that some edits are; None where one of them cannot be made.

    One that would take a comment away is not safe.
    """
    made = [*edits]
    whole = _joined(source, sorted(edit for edit in made if edit))
    if None in made or not whole:
        return None
    return Fix(title, whole, safe and not any(_comment(source, edit) for edit in whole))


def _joined(source: Source, edits: list[Edit]) -> tuple[Edit, ...]:
    """The edits with those as one that take away neighbours."""
    joined: list[Edit] = []
    for one in edits:
        last = joined[-1] if joined else one
        if joined and not last.text and not one.text and one.span[:2] < last.span[2:]:
            index = lines_of(source.text).index
            start = index(*last.span[:2])
            end = max(index(*last.span[2:]), index(*one.span[2:]))
            if source.text[end : end + 1] in ("]", "}"):
                start = len(source.text[:start].rstrip(", "))
            joined[-1] = put(source, start, end, "")
        else:
            joined.append(one)
    return tuple(joined)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made, none of which overlap."""
    index = lines_of(text).index
    for span, new in sorted(edits, reverse=True):
        text = text[: index(*span[:2])] + new + text[index(*span[2:]) :]
    return text


def changed(source: Source, path: Path, key: bool, change: Change) -> Fix | None:
    """The fix that makes a change at a path, or with `key` at the key there."""
    match change.do:
        case "rename":
            title = f"write {change.new}"
            edits: Edits = [renamed(source, path, change.old, str(change.new), key)]
        case "replace":
            title, edits = f"write {flow(change.new)}", [replaced(source, path, change.new)]
        case "remove":
            title, edits = "remove it", removed(source, path, sole=False)
        case "bare":
            title, edits = f"write {change.new} alone", [bared(source, path)]
        case "retype":
            title = f"write {flow(change.new)[1:-1]}"
            edits = retyped(source, path, change.old, change.new)
    return fix(source, title, edits, change.safe)


def renamed(source: Source, path: Path, old: str, new: str, key: bool = False) -> Edit | None:
    """Another word in a value, or in its key; within quotes where it stands in quotes."""
    if not (way := way_to(source, path)):
        return None
    node, whole = way[-1], re.compile(rf"(?<![\w.]){re.escape(old)}(?![\w.])")
    if key and node.key and old in source.text[node.key.start.index : node.key.end.index]:
        node = node.key
    start, end = node.start.index, node.end.index
    if node.children is not None or "\\" in source.text[start:end]:
        return None
    found = [*whole.finditer(source.text[start:end])]
    if len(found) != 1 or not re.fullmatch(r"[\w.-]+", new):
        return None
    return put(source, start + found[0].start(), start + found[0].end(), new)


def replaced(source: Source, path: Path, value: Any) -> Edit | None:
    """Another value, on one line, at a path."""
    way, text = way_to(source, path), flow(value)
    if way and isinstance(value, str) and text == value:
        quote = source.text[way[-1].start.index : way[-1].start.index + 1]
        text = f"{quote}{text}{quote}" if quote in ("'", '"') else text
    return rewritten(source, path, text)


def rewritten(source: Source, path: Path, text: str) -> Edit | None:
    """YAML on one line in place of the value at a path."""
    if not (way := way_to(source, path)):
        return None
    node = way[-1]
    start, end = node.start.index, end_of(source, node)
    if source.text[start : start + 1] in ("|", ">") and node.children is None:
        return None
    if start == end:
        return (
            put(source, after, after, f" {text}") if (after := behind_colon(source, node)) else None
        )
    if node.key and not source.text[node.key.end.index : start].replace(":", "", 1).strip():
        # A block comes up to its key.
        return put(source, behind_colon(source, node) or start, end, f" {text}")
    return put(source, start, end, text)


def bared(source: Source, path: Path) -> Edit | None:
    """A key without the value that it has at a path."""
    way = way_to(source, path)
    if not way or not (key := way[-1].key) or not (colon := behind_colon(source, way[-1])):
        return None
    alone = len(way[-2].children or ()) == 1 or in_flow(source, way[:-1])
    return put(source, key.end.index if alone else colon, end_of(source, way[-1]), "")


def retyped(source: Source, path: Path, old: str, entry: dict[str, Any]) -> Edits:
    """Another name, and other arguments, for the entry whose arguments are at a path."""
    ((kind, value),) = entry.items()
    way = way_to(source, path)
    if way and way[-1].key is None:
        return [rewritten(source, path, flow(entry)[1:-1].rstrip())]
    return [renamed(source, path, old, kind, key=True), replaced(source, path, value)]


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
    start, end = node.start.index, end_of(source, node)
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
    return text[:start] + value + text[end:]


def _comment(source: Source, edit: Edit) -> bool:
    """Whether an edit may take a comment away."""
    index = lines_of(source.text).index
    gone = source.text[index(*edit.span[:2]) : index(*edit.span[2:])]
    return "#" in gone and "#" not in edit.text
