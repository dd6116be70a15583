"""Edits of a source's text by the places of its values: comments, quotes and layout stay.

What makes an edit gives None where the value cannot be edited by itself: it is not there, or it is
an alias or has an anchor, so that other places would change with it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any

from netspec.diagnostic import Change, Edit, Fix, Path, Span
from netspec.source import Source
from netspec.source.builder import Node
from netspec.source.dump import flow
from netspec.source.refusal import BREAK

Edits = list[Edit | None]


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
            start = _index(source, *last.span[:2])
            end = max(_index(source, *last.span[2:]), _index(source, *one.span[2:]))
            if source.text[end : end + 1] in ("]", "}"):
                start = len(source.text[:start].rstrip(", "))
            joined[-1] = _edit(source, start, end, "")
        else:
            joined.append(one)
    return tuple(joined)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made, none of which overlap."""
    begins = _begins(text)
    for span, new in sorted(edits, reverse=True):
        start = begins[span.line - 1] + span.column - 1
        end = begins[span.end_line - 1] + span.end_column - 1
        text = text[:start] + new + text[end:]
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
    if not (way := _way(source, path)):
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
    return _edit(source, start + found[0].start(), start + found[0].end(), new)


def replaced(source: Source, path: Path, value: Any) -> Edit | None:
    """Another value, on one line, at a path."""
    way, text = _way(source, path), flow(value)
    if way and isinstance(value, str) and text == value:
        quote = source.text[way[-1].start.index : way[-1].start.index + 1]
        text = f"{quote}{text}{quote}" if quote in ("'", '"') else text
    return rewritten(source, path, text)


def rewritten(source: Source, path: Path, text: str) -> Edit | None:
    """YAML on one line in place of the value at a path."""
    if not (way := _way(source, path)):
        return None
    node = way[-1]
    start, end = node.start.index, _end(source, node)
    if source.text[start : start + 1] in ("|", ">") and node.children is None:
        return None
    if start == end:
        return _edit(source, after, after, f" {text}") if (after := _colon(source, node)) else None
    if node.key and not source.text[node.key.end.index : start].replace(":", "", 1).strip():
        # A block comes up to its key.
        return _edit(source, _colon(source, node) or start, end, f" {text}")
    return _edit(source, start, end, text)


def bared(source: Source, path: Path) -> Edit | None:
    """A key without the value that it has at a path."""
    way = _way(source, path)
    if not way or not (key := way[-1].key) or not (colon := _colon(source, way[-1])):
        return None
    alone = len(list(_children(way[-2]))) == 1 or _in_flow(source, way[:-1])
    return _edit(source, key.end.index if alone else colon, _end(source, way[-1]), "")


def retyped(source: Source, path: Path, old: str, entry: dict[str, Any]) -> Edits:
    """Another name, and other arguments, for the entry whose arguments are at a path."""
    ((kind, value),) = entry.items()
    way = _way(source, path)
    if way and way[-1].key is None:
        return [rewritten(source, path, flow(entry)[1:-1].rstrip())]
    return [renamed(source, path, old, kind, key=True), replaced(source, path, value)]


def removed(source: Source, path: Path, sole: bool = True) -> Edits:
    """The edits that take a key with its value, or an item of a list, away.

    With `sole` what would be left empty goes as well.
    """
    if not path or not (way := _way(source, path)):
        return [None]
    node, parent, text = way[-1], way[-2], source.text
    around = list(_children(parent))
    if len(around) == 1 and not sole and not node.key:
        return [None]
    if len(around) == 1 and sole:
        return removed(source, path[:-1]) if len(path) > 1 else [None]
    at = next(i for i, one in enumerate(around) if one is node)
    begin, end = (node.key or node).start.index, _end(source, node)
    if node.start.index == node.end.index and node.key:
        end = _colon(source, node) or end
    if _in_flow(source, way[:-1]):
        if text[parent.start.index] not in "[{":
            return [None]  # a pair without braces of its own
        return _removed_from_row(source, around, at, begin, end)
    if not node.key:
        begin = text.rindex("-", 0, begin + 1)
    line = _line_start(text, begin)
    if text[line:begin].strip():
        if len(around) == 1:
            return [None]
        following = around[at + 1 : at + 2]
        if not following:
            return [None]
        # The first of an item keeps the dash for the next.
        return [_edit(source, begin, (following[0].key or following[0]).start.index, "")]
    stop = _line_end(text, end)
    if stop < len(text):
        return [_edit(source, line, _next_line(text, stop), "")]
    return [_edit(source, _before(text, line), stop, "")]


def _removed_from_row(source: Source, around: list[Node], at: int, begin: int, end: int) -> Edits:
    """An item of a list or mapping in brackets taken away, with the comma that it had."""
    text = source.text
    gap = ""
    if behind := re.compile(r"\s*,[ \t]*").match(text, end):
        start, stop = begin, behind.end()
    else:
        start = _end(source, around[at - 1]) if at else begin
        if at and around[at - 1].start.index == around[at - 1].end.index:
            start = _colon(source, around[at - 1]) or start
        if at == 0 < len(around) - 1 or text[start:begin].replace(",", "", 1).strip():
            return [None]
        stop = end
        if text[start - 1] == ":" and text[stop] in "]}":
            gap = " "  # without a space the colon would belong to the word
    line, last = _line_start(text, start), _line_end(text, stop)
    if not text[line:start].strip() and not text[stop:last].strip() and last < len(text):
        start, stop = line, _next_line(text, last)
    return [_edit(source, start, stop, gap)]


def inserted(source: Source, path: Path, item: str) -> Edit | None:
    """Another item of a list, on one line, before the one at a path."""
    way = _way(source, path)
    if not way or not isinstance(way[-2].children, list):
        return None
    start, text = way[-1].start.index, source.text
    if _in_flow(source, way[:-1]):
        return _edit(source, start, start, f"{item}, ")
    dash = text.rindex("-", 0, start + 1)
    if text[_line_start(text, dash) : dash].strip():
        return None
    return _edit(source, dash, dash, f"- {item}\n{' ' * way[-2].start.column}")


def appended(source: Source, path: Path, item: str) -> Edit | None:
    """Another item, on one line, behind those of the list at a path."""
    way = _way(source, path)
    if not way or not isinstance(way[-1].children, list) or not way[-1].children:
        return None
    end = _end(source, way[-1].children[-1])
    if _in_flow(source, way):
        return _edit(source, end, end, f", {item}")
    stop = _line_end(source.text, end)
    return _edit(source, stop, stop, f"\n{' ' * way[-1].start.column}- {item}")


def added(source: Source, path: Path, key: str, value: str, note: str = "") -> Edit | None:
    """A key behind those of the mapping at a path; `value` is YAML on one line.

    A `note` becomes a comment behind it, where there is a line for it.
    """
    way = _way(source, path)
    if not way or not isinstance(way[-1].children, dict) or not way[-1].children:
        return None
    node, text = way[-1], source.text
    last = next(reversed(node.children.values()))  # type: ignore[union-attr]
    end = _end(source, last)
    if last.start.index == last.end.index:
        end = _colon(source, last) or end
    if _in_flow(source, way):
        if text[node.start.index] != "{":
            return None
        gap = "" if text[end - 1] != ":" else " "
        return _edit(source, end, end, f"{gap}, {key}: {value}")
    if text[last.start.index : last.start.index + 1] in ("|", ">") and last.children is None:
        return None
    stop, indent = _line_end(text, end), node.start.column
    return _edit(source, stop, stop, f"\n{' ' * indent}{key}: {value}{note and f'  # {note}'}")


def keyed(
    source: Source, path: Path, word: str, key: str, value: str, note: str = ""
) -> Edit | None:
    """A word that is an item of a list as a key, and another key with a value behind it."""
    way = _way(source, path)
    if not way:
        return None
    start, end, text = way[-1].start.index, way[-1].end.index, source.text
    if _in_flow(source, way[:-1]):
        return _edit(source, start, end, f"{{{word}: , {key}: {value}}}")
    stop, indent = _line_end(text, end), " " * way[-1].start.column
    behind = text[end:stop]
    more = f"{word}:{behind}\n{indent}{key}: {value}{note and f'  # {note}'}"
    return _edit(source, start, stop, more)


def named(source: Source, path: Path, names: list[str], more: str) -> Edits:
    """The edits by which arguments in order, at a path, are given by name, and `more` behind them.

    `more` is a key and its value.
    """
    way = _way(source, path)
    if not way:
        return [None]
    node, text = way[-1], source.text
    if not isinstance(node.children, list):
        begin, end = node.start.index, _end(source, node)
        if node.children is not None or not names or text[begin : begin + 1] in ("|", ">", ""):
            return [None]
        if begin == end or node.data is None:
            return [None]
        wrapped = f"{{{names[0]}: {text[begin:end]}, {more}}}"
        return [_edit(source, begin, end, wrapped)]
    items = node.children
    if (
        not items
        or len(items) > len(names)
        or any(one.start.index == one.end.index for one in items)
    ):
        return [None]
    end = _end(source, items[-1])
    row = zip(names, items, strict=False)
    if text[node.start.index] == "[":
        first, last = node.start.index, node.end.index - 1
        return [
            _edit(source, first, first + 1, "{"),
            *(_edit(source, one.start.index, one.start.index, f"{name}: ") for name, one in row),
            _edit(source, end, end, f", {more}"),
            _edit(source, last, last + 1, "}"),
        ]
    if _in_flow(source, way) or any(
        one.children is not None and text[one.start.index] not in "[{" for one in items
    ):
        return [None]
    column = node.start.column
    pad = " " * (max(node.key.start.column + 2 - column, 0) if node.key else 0)
    edits: Edits = []
    for name, one in row:
        dash = text.rindex("-", 0, one.start.index)
        edits.append(_edit(source, dash, one.start.index, f"{pad}{name}: "))
    stop = _line_end(text, end)
    return [*edits, _edit(source, stop, stop, f"\n{' ' * column}{pad}{more}")]


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
    start, end = node.start.index, _end(source, node)
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


def _end(source: Source, node: Node) -> int:
    """Where a value ends: a block's own end is where the next thing begins.

    What is blank or a comment before that is not part of it.
    """
    start, end = node.start.index, node.end.index
    lines = source.text[start:end].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return int(start + len("\n".join(lines)))


def _way(source: Source, path: Path) -> list[Node] | None:
    """The nodes from the whole file to a path; None where another place would change with it."""
    nodes = [source.root]
    for part in path:
        try:
            nodes.append(nodes[-1].children[part])  # type: ignore[index]
        except (LookupError, TypeError):
            return None
    if any(source.text[node.start.index : node.start.index + 1] in ("&", "*") for node in nodes):
        return None
    return nodes


def _in_flow(source: Source, way: list[Node]) -> bool:
    """Whether what is in the last of the nodes is on a row in brackets."""
    return any(source.text[node.start.index] in "[{" for node in way if node.children is not None)


def _children(node: Node) -> Iterable[Node]:
    return node.children.values() if isinstance(node.children, dict) else node.children or ()


def _colon(source: Source, node: Node) -> int | None:
    """Behind the colon of a value's key; None where it has no key."""
    found = node.key and re.compile(r"\s*:").match(source.text, node.key.end.index)
    return found.end() if found else None


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    found = BREAK.search(text, at)
    return found.start() if found else len(text)


def _next_line(text: str, end: int) -> int:
    found = BREAK.match(text, end)
    return found.end() if found else end


def _before(text: str, line: int) -> int:
    """Where the break before a line begins."""
    return line - 2 if text[:line].endswith("\r\n") else max(line - 1, 0)


@lru_cache(maxsize=4)
def _begins(text: str) -> list[int]:
    return [0, *(found.end() for found in BREAK.finditer(text))]


def _edit(source: Source, start: int, end: int, new: str) -> Edit:
    begins = _begins(source.text)
    first, last = bisect_right(begins, start), bisect_right(begins, end)
    if "\n" in new and (found := BREAK.search(source.text)):
        new = new.replace("\n", found[0])
    columns = start - begins[first - 1] + 1, end - begins[last - 1] + 1
    return Edit(Span(first, columns[0], last, columns[1]), new)


def _index(source: Source, line: int, column: int) -> int:
    return _begins(source.text)[line - 1] + column - 1


def _comment(source: Source, edit: Edit) -> bool:
    """Whether an edit may take a comment away."""
    start, end = _index(source, *edit.span[:2]), _index(source, *edit.span[2:])
    return "#" in source.text[start:end] and "#" not in edit.text
