"""Edits that add to the lists and mappings of a source, and take away.

What makes an edit gives None where the value cannot be edited by itself, as in `edit`.
"""

from __future__ import annotations

import re

from netspec.diagnostic import Edit, Path
from netspec.source import Source
from netspec.source.builder import Node
from netspec.source.places import (
    behind_colon,
    break_before,
    end_of,
    in_flow,
    line_end,
    line_start,
    next_line,
    put,
    way_to,
)

Edits = list[Edit | None]


def removed(source: Source, path: Path, sole: bool = True) -> Edits:
    """The edits that take a key with its value, or an item of a list, away.

    With `sole` what would be left empty goes as well.
    """
    if not path or not (way := way_to(source, path)):
        return [None]
    node, parent, text = way[-1], way[-2], source.text
    around = [value for _, value in parent.inside()]
    if len(around) == 1 and not sole and not node.key:
        return [None]
    if len(around) == 1 and sole:
        return removed(source, path[:-1]) if len(path) > 1 else [None]
    at = next(i for i, one in enumerate(around) if one is node)
    begin, end = (node.key or node).start.index, end_of(source, node)
    if node.start.index == node.end.index and node.key:
        end = behind_colon(source, node) or end
    if in_flow(source, way[:-1]):
        if text[parent.start.index] not in "[{":
            return [None]  # a pair without braces of its own
        return _removed_from_row(source, around, at, begin, end)
    if not node.key:
        begin = text.rindex("-", 0, begin + 1)
    line = line_start(text, begin)
    if text[line:begin].strip():
        if len(around) == 1:
            return [None]
        following = around[at + 1 : at + 2]
        if not following:
            return [None]
        # The first of an item keeps the dash for the next.
        return [put(source, begin, (following[0].key or following[0]).start.index, "")]
    stop = line_end(text, end)
    if stop < len(text):
        return [put(source, line, next_line(text, stop), "")]
    return [put(source, break_before(text, line), stop, "")]


def _removed_from_row(source: Source, around: list[Node], at: int, begin: int, end: int) -> Edits:
    """An item of a list or mapping in brackets taken away, with the comma that it had."""
    text = source.text
    gap = ""
    if behind := re.compile(r"\s*,[ \t]*").match(text, end):
        start, stop = begin, behind.end()
    else:
        start = end_of(source, around[at - 1]) if at else begin
        if at and around[at - 1].start.index == around[at - 1].end.index:
            start = behind_colon(source, around[at - 1]) or start
        if at == 0 < len(around) - 1 or text[start:begin].replace(",", "", 1).strip():
            return [None]
        stop = end
        if text[start - 1] == ":" and text[stop] in "]}":
            gap = " "  # without a space the colon would belong to the word
    line, last = line_start(text, start), line_end(text, stop)
    if not text[line:start].strip() and not text[stop:last].strip() and last < len(text):
        start, stop = line, next_line(text, last)
    return [put(source, start, stop, gap)]


def inserted(source: Source, path: Path, item: str) -> Edit | None:
    """Another item of a list, on one line, before the one at a path."""
    way = way_to(source, path)
    if not way or not isinstance(way[-2].children, list):
        return None
    start, text = way[-1].start.index, source.text
    if in_flow(source, way[:-1]):
        return put(source, start, start, f"{item}, ")
    dash = text.rindex("-", 0, start + 1)
    if text[line_start(text, dash) : dash].strip():
        return None
    return put(source, dash, dash, f"- {item}\n{' ' * way[-2].start.column}")


def appended(source: Source, path: Path, item: str) -> Edit | None:
    """Another item, on one line, behind those of the list at a path."""
    way = way_to(source, path)
    if not way or not isinstance(way[-1].children, list) or not way[-1].children:
        return None
    end = end_of(source, way[-1].children[-1])
    if in_flow(source, way):
        return put(source, end, end, f", {item}")
    stop = line_end(source.text, end)
    return put(source, stop, stop, f"\n{' ' * way[-1].start.column}- {item}")


def added(source: Source, path: Path, key: str, value: str, note: str = "") -> Edit | None:
    """A key behind those of the mapping at a path; `value` is YAML on one line.

    A `note` becomes a comment behind it, where there is a line for it.
    """
    way = way_to(source, path)
    if not way or not isinstance(way[-1].children, dict) or not way[-1].children:
        return None
    node, text = way[-1], source.text
    last = next(reversed(node.children.values()))  # type: ignore[union-attr]
    end = end_of(source, last)
    if last.start.index == last.end.index:
        end = behind_colon(source, last) or end
    if in_flow(source, way):
        if text[node.start.index] != "{":
            return None
        gap = "" if text[end - 1] != ":" else " "
        return put(source, end, end, f"{gap}, {key}: {value}")
    if text[last.start.index : last.start.index + 1] in ("|", ">") and last.children is None:
        return None
    stop, indent = line_end(text, end), node.start.column
    return put(source, stop, stop, f"\n{' ' * indent}{key}: {value}{note and f'  # {note}'}")


def keyed(
    source: Source, path: Path, word: str, key: str, value: str, note: str = ""
) -> Edit | None:
    """A word that is an item of a list as a key, and another key with a value behind it."""
    way = way_to(source, path)
    if not way:
        return None
    start, end, text = way[-1].start.index, way[-1].end.index, source.text
    if in_flow(source, way[:-1]):
        return put(source, start, end, f"{{{word}: , {key}: {value}}}")
    stop, indent = line_end(text, end), " " * way[-1].start.column
    behind = text[end:stop]
    more = f"{word}:{behind}\n{indent}{key}: {value}{note and f'  # {note}'}"
    return put(source, start, stop, more)


def named(source: Source, path: Path, names: list[str], more: str) -> Edits:
    """The edits by which arguments in order, at a path, are given by name, and `more` behind them.

    `more` is a key and its value.
    """
    way = way_to(source, path)
    if not way:
        return [None]
    node, text = way[-1], source.text
    if not isinstance(node.children, list):
        begin, end = node.start.index, end_of(source, node)
        if node.children is not None or not names or text[begin : begin + 1] in ("|", ">", ""):
            return [None]
        if begin == end or node.data is None:
            return [None]
        wrapped = f"{{{names[0]}: {text[begin:end]}, {more}}}"
        return [put(source, begin, end, wrapped)]
    items = node.children
    if (
        not items
        or len(items) > len(names)
        or any(one.start.index == one.end.index for one in items)
    ):
        return [None]
    end = end_of(source, items[-1])
    row = zip(names, items, strict=False)
    if text[node.start.index] == "[":
        first, last = node.start.index, node.end.index - 1
        return [
            put(source, first, first + 1, "{"),
            *(put(source, one.start.index, one.start.index, f"{name}: ") for name, one in row),
            put(source, end, end, f", {more}"),
            put(source, last, last + 1, "}"),
        ]
    if in_flow(source, way) or any(
        one.children is not None and text[one.start.index] not in "[{" for one in items
    ):
        return [None]
    column = node.start.column
    pad = " " * (max(node.key.start.column + 2 - column, 0) if node.key else 0)
    edits: Edits = []
    for name, one in row:
        dash = text.rindex("-", 0, one.start.index)
        edits.append(put(source, dash, one.start.index, f"{pad}{name}: "))
    stop = line_end(text, end)
    return [*edits, put(source, stop, stop, f"\n{' ' * column}{pad}{more}")]
