"""Characters that look like another one, or like nothing: named with their place."""

from __future__ import annotations

import unicodedata

from netspec.diagnostic import Path, Span
from netspec.source import Source
from netspec.source.refusal import place

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
    node = source.root
    for part in path:
        try:
            node = node.children[part]  # type: ignore[index]
        except (LookupError, TypeError):
            key = False
            break
    if node.key and key:
        node = node.key
    parts = [node]
    if isinstance(node.children, dict):
        parts = [child.key for child in node.children.values() if child.key]
    elif node.children is not None:
        return None
    for part_node in parts:
        if found := first(source.text, part_node.start.index, part_node.end.index):
            return found
    return None


def first(text: str, start: int, end: int) -> tuple[Said, Span] | None:
    """The first odd character of a stretch of a text."""
    for i in range(start, end):
        if text[i] > "~" and (said := said_of(text[i])):
            return said, place(text, i)
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
