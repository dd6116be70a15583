"""Characters that look like another one, or like nothing: named with their place."""

from __future__ import annotations

import unicodedata
from itertools import islice

from netspec.diagnostic import Path, Span
from netspec.source import Source
from netspec.source.builder import Node
from netspec.source.refusal import BREAK

Said = tuple[str, str]
"""A message and a help line."""

_LOOKALIKES = {
    ord(character): plain
    for plain, characters in (
        ('"', "\u201c\u201d\u201e\u00ab\u00bb"),
        ("'", "\u2018\u2019\u201a"),
        ("-", "\u2010\u2011\u2012\u2013\u2014\u2212"),
        ("*", "\u00d7"),
        ("/", "\u00f7\u2215"),
    )
    for character in characters
}


def odd(source: Source, path: Path, key: bool = False) -> tuple[Said, Span] | None:
    """What is odd in the words at a path or its key, and where; None where nothing is.

    Of a list or mapping it is its keys that are looked at.
    """
    way = source.way(path)
    node = way[-1]
    if node.key and key and len(way) > len(path):
        node = node.key
    parts = [node]
    if isinstance(node.children, dict):
        parts = [child.key for child in islice(node.children.values(), _MOST) if child.key]
    elif node.children is not None:
        return None
    return next(filter(None, (_first(source.text, part) for part in parts)), None)


_MOST = 100
"""Keys that are looked at."""
_LONGEST = 1000
"""Characters of a word that are."""


def _first(text: str, word: Node) -> tuple[Said, Span] | None:
    """The first odd character of a word."""
    start = word.start.index
    for i in range(start, min(word.end.index, start + _LONGEST)):
        if text[i] > "~" and (said := said_of(text[i])):
            before = BREAK.split(text[start:i])
            line = word.start.line + len(before)
            column = len(before[-1]) + 1 + (word.start.column if len(before) == 1 else 0)
            return said, Span(line, column, line, column + 1)
    return None


def said_of(character: str) -> Said | None:
    """What to say of a character in the words of a spec; None where it is an ordinary one."""
    code, kind = f"U+{ord(character):04X}", unicodedata.category(character)
    name = unicodedata.name(character, "a control character").lower()
    if kind == "Zs":
        return f"{code} ({name}) stands where a space should", "write an ordinary space"
    if kind == "Cf":
        return f"{code} ({name}) is hidden here", "delete it"
    plain = _LOOKALIKES.get(ord(character)) or unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and plain.isascii() and plain != character:
        return f"{code} ({name}) stands where '{plain}' should", f"write {plain}"
    return None
