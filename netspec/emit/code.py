"""Python code, laid out as formatters leave it: a line where it fits, else one line for each part.

Whatever a text holds, it comes out as one literal, or as one line of a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple, Self

WIDTH = 88
_TAB = "    "


class Group(NamedTuple):
    """Parts between brackets."""

    head: str
    """What stands before them, with the bracket that opens."""
    parts: Sequence[Part]
    tail: str

    @classmethod
    def call(cls, name: str, parts: Iterable[Part]) -> Self:
        return cls(f"{name}(", list(parts), ")")


class Part(NamedTuple):
    """A value with what stands before it, such as `padding=`, and a comment."""

    value: str | Group
    lead: str = ""
    comment: str = ""


def lines(part: Part, indent: int = 0, end: str = "") -> Iterator[str]:
    """The lines of a part, with `end` behind it."""
    space = _TAB * indent
    flat = _flat(part.value)
    one = f"{space}{part.lead}{flat}{end}"
    remark = f"  # {part.comment}" if part.comment else ""
    if flat is not None and _width(one + remark) <= WIDTH:
        yield one + remark
        return
    if part.comment:
        yield f"{space}# {part.comment}"
    if isinstance(part.value, str) or (flat is not None and _width(one) <= WIDTH):
        yield one
        return
    yield f"{space}{part.lead}{part.value.head}"
    for each in part.value.parts:
        yield from lines(each, indent + 1, ",")
    yield f"{space}{part.value.tail}{end}"


def _flat(value: str | Group) -> str | None:
    """A value on one line; None where a comment inside takes more."""
    if isinstance(value, str):
        return value
    found = []
    for part in value.parts:
        inner = _flat(part.value)
        if part.comment or inner is None:
            return None
        found.append(part.lead + inner)
    # A tuple of one is none without a comma.
    comma = "," if value.head == "(" and len(found) == 1 else ""
    return f"{value.head}{', '.join(found)}{comma}{value.tail}"


def _width(line: str) -> int:
    """The columns of a line, or more: what is not ASCII counts double."""
    return len(line) + sum(not character.isascii() for character in line)


def literal(value: Any) -> str | Group:
    """A value as it is written; TypeError where there is no way to write it."""
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if isfinite(value) else f'float("{value}")'
    if isinstance(value, Mapping):
        pairs = [Part(literal(one), f"{_key(key)}: ") for key, one in value.items()]
        return Group("{", pairs, "}")
    if isinstance(value, tuple | list):
        head, tail = "()" if isinstance(value, tuple) else "[]"
        return Group(head, [Part(literal(one)) for one in value], tail)
    raise TypeError(f"no literal says {value!r}")


def text(words: str) -> str:
    """A text as one string literal."""
    quote = "'" if words.count('"') > words.count("'") else '"'
    return f"{quote}{''.join(_safe(one, quote) for one in words)}{quote}"


def remark(words: str) -> str:
    """A text as one line of a comment, without its #."""
    return "".join(_safe(one) for one in words).strip()


def _key(key: Any) -> str:
    written = literal(key)
    assert isinstance(written, str), "a key is one value"
    return written


def _safe(character: str, quote: str = "") -> str:
    if character in (quote, "\\"):
        return f"\\{character}"
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()
