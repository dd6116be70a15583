"""The frame that everything netspec prints for machines stands in."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from typing import Any

from netspec import __version__
from netspec.render.safe import escape


class Exact(str):
    """A text that whoever reads the JSON gets character by character."""

    __slots__ = ()


def whole(**keys: Any) -> str:
    """One JSON object; keys are only ever added."""
    return text({"schema": 1, "version": __version__, **keys})


def own(**keys: Any) -> str:
    """The same of what netspec says of itself, in which there is nothing of a stranger's."""
    return text({"schema": 1, "version": __version__, **keys}, str)


def text(value: Any, shown: Callable[[str], str] = escape) -> str:
    """A value as JSON: each of its texts as `shown` makes it safe, null for what is no number."""
    # A runner of CI reads commands at `##[`, which nothing but an exact text can still have.
    return json.dumps(safe(value, shown), indent=2).replace("##[", "\\u0023#[")


def safe(value: Any, shown: Callable[[str], str] = escape) -> Any:
    """A value with each of its texts as `shown` makes it, None for what is no number."""
    if isinstance(value, Exact):
        return str(value)
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {shown(str(key)): safe(one, shown) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [safe(one, shown) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
