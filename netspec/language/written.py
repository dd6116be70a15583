"""Values as a line of YAML, for messages that say what to write."""

from __future__ import annotations

from typing import Any

from netspec.diagnostic import short
from netspec.source.dump import flow

_MOST = 100


def written(value: Any) -> str:
    """A value as it is written, cut where that is long."""
    return short(flow(value), _MOST)


def entry_text(entry: Any) -> str:
    """An entry as it is written behind its dash."""
    return entry if isinstance(entry, str) else short(flow(entry)[1:-1].rstrip(), _MOST)
