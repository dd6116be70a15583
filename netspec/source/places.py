"""Places in a source's text, as what edits it needs to know them."""

from __future__ import annotations

import re

from netspec.diagnostic import Edit, Path
from netspec.source import Source
from netspec.source.builder import Node
from netspec.source.lines import lines_of
from netspec.source.refusal import BREAK


def way_to(source: Source, path: Path) -> list[Node] | None:
    """The nodes from the whole file to a path; None where another place would change with it."""
    nodes = source.way(path)
    if len(nodes) <= len(path):
        return None
    if any(source.text[node.start.index : node.start.index + 1] in ("&", "*") for node in nodes):
        return None
    return nodes


def in_flow(source: Source, way: list[Node]) -> bool:
    """Whether what is in the last of the nodes is on a row in brackets."""
    return any(source.text[node.start.index] in "[{" for node in way if node.children is not None)


def behind_colon(source: Source, node: Node) -> int | None:
    """Behind the colon of a value's key; None where it has no key."""
    found = node.key and re.compile(r"\s*:").match(source.text, node.key.end.index)
    return found.end() if found else None


def end_of(source: Source, node: Node) -> int:
    """Where a value ends: a block's own end is where the next thing begins.

    What is blank or a comment before that is not part of it.
    """
    start, end = node.start.index, node.end.index
    lines = source.text[start:end].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return int(start + len("\n".join(lines)))


def line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    found = BREAK.search(text, at)
    return found.start() if found else len(text)


def next_line(text: str, end: int) -> int:
    found = BREAK.match(text, end)
    return found.end() if found else end


def break_before(text: str, line: int) -> int:
    """Where the break before a line begins."""
    return line - 2 if text[:line].endswith("\r\n") else max(line - 1, 0)


def put(source: Source, start: int, end: int, new: str) -> Edit:
    if "\n" in new and (found := BREAK.search(source.text)):
        new = new.replace("\n", found[0])
    return Edit(lines_of(source.text).span(start, end), new)
