"""Values as a line of YAML, for messages that say what to write."""

from __future__ import annotations

import json
import re
from typing import Any

from netspec.diagnostic import short
from netspec.source.scalar import plain

_PLAIN = re.compile(r"[$\w…][\w$ ./%…-]*|\$\([^,]*\)")


def written(value: Any) -> str:
    """A value as it is written on one line of YAML, cut where that is long."""
    return short(_flow(value), 100)


def entry_text(entry: Any) -> str:
    """An entry as it is written behind its dash."""
    if isinstance(entry, str):
        return entry
    return short(_flow(entry)[1:-1], 100)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        pairs = [f"{key}:" if one is None else f"{key}: {_flow(one)}" for key, one in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if value is None:
        return "null"
    if isinstance(value, str) and not (_PLAIN.fullmatch(value) and plain(value) == value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
