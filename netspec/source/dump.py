"""Plain data → YAML text that says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from netspec.diagnostic import UsageError
from netspec.source.builder import MAX_DEPTH
from netspec.source.refusal import Refused
from netspec.source.scalar import plain

_PLAIN = re.compile(r"[$\w…][\w$ ./%…-]*|\$\([^,\[\]{}#:'\"]*\)")
_KINDS = "numbers, text, true, false, null, lists and mappings are"


def dumped(data: Mapping[str, Any]) -> str:
    """A spec with its keys, layers and blocks on lines of their own.

    Raises UsageError where a value is none that YAML has.
    """
    return "".join(f"{line}\n" for line in _lines(_simple(data, ""), 0))


def checked(value: Any) -> str:
    """A value on one line; UsageError where YAML has no such value."""
    return flow(_simple(value, "the value"))


def flow(value: Any) -> str:
    """A value on one line."""
    return "".join(pieces(value))


def pieces(value: Any) -> Iterator[str]:
    """A value on one line, piece by piece."""
    if isinstance(value, dict):
        yield "{"
        for i, (key, one) in enumerate(value.items()):
            # Without the space "key:}" would be all one word to YAML.
            yield f"{', ' * (i > 0)}{_scalar(key)}: "
            if one is not None:
                yield from pieces(one)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for i, one in enumerate(value):
            yield ", " * (i > 0)
            yield from pieces(one)
        yield "]"
    else:
        yield _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, str) and not (_PLAIN.fullmatch(value) and _is_text(value)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _is_text(value: str) -> bool:
    try:
        return plain(value) == value and value == value.strip()
    except Refused:
        return False


def _lines(value: Any, depth: int) -> Iterator[str]:
    """The lines of a mapping, its inner parts on one line each where they are short."""
    indent = "  " * depth
    for key, one in value.items():
        if isinstance(one, dict | list) and one and len(flow(one)) > 60:
            yield f"{indent}{flow(key)}:"
            if isinstance(one, dict):
                yield from _lines(one, depth + 1)
            else:
                yield from (f"{indent}  - {_item(item)}" for item in one)
        else:
            yield f"{indent}{flow(key)}: {flow(one)}"


def _item(value: Any) -> str:
    """An item behind its dash, where a mapping of one key needs no braces."""
    text = flow(value)
    return text[1:-1].rstrip() if isinstance(value, dict) and len(value) == 1 else text


def _simple(value: Any, at: str, depth: int = 0) -> Any:
    """The value in dicts and lists of its own."""
    if depth > MAX_DEPTH:
        raise UsageError("the spec is nested too deep, or holds itself", "use blocks")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise UsageError(f"the key {key!r} of {at or 'the spec'} is no text")
        return {
            str(key): _simple(one, f"{at}.{key}" if at else key, depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_simple(one, f"{at}[{i}]", depth + 1) for i, one in enumerate(value)]
    if value is not None and type(value) not in (bool, int, float, str):
        message = f"{at} is of {type(value).__name__}, which no spec can have"
        raise UsageError(message, f"{_KINDS} what YAML knows")
    return value
