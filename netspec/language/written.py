"""Values as a line of YAML, for messages that say what to write."""

from __future__ import annotations

from typing import Any

from netspec.diagnostic import short
from netspec.source.dump import pieces

_MOST = 100


def written(value: Any) -> str:
    """A value as it is written, cut where that is long."""
    text = ""
    for piece in pieces(value):
        text += piece[: _MOST + 1]
        if len(text) > _MOST:
            break
    return short(text, _MOST)


def entry_text(entry: Any) -> str:
    """An entry as it is written behind its dash."""
    if isinstance(entry, str):
        return short(entry, _MOST)
    text = written(entry)
    return text[1:].rstrip() if text.endswith("…") else text[1:-1].rstrip()
