"""What a shell is offered where it asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from netspec.diagnostic import NetspecError


def codes(incomplete: str) -> list[str]:
    """Rules, and other codes that have a page."""
    from netspec.pages.codes import codes

    return _begun(codes(), incomplete)


def layers(incomplete: str) -> list[str]:
    """Kinds of layers."""
    from netspec.layers import KINDS

    return _begun(KINDS, incomplete)


def runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Runs as they are called."""
    return _begun((f"{run.name}/{run.run}" for run in _found(ctx)), incomplete)


def columns(ctx: typer.Context, incomplete: str) -> list[str]:
    """What runs can be sorted by."""
    from netspec.runs.past import KEYS

    return _begun((*KEYS, *(key for run in _found(ctx) for key in run.settings)), incomplete)


def keys(incomplete: str) -> list[str]:
    """Keys of the spec that is named, for --set: its layers by number, with their arguments."""
    from netspec import source
    from netspec.source.files import is_spec

    # An option without its value keeps the line from being parsed, so that its words are all.
    words = " ".join(os.environ.get(name, "") for name in ("COMP_WORDS", "_TYPER_COMPLETE_ARGS"))
    for word in words.split():
        if is_spec(word):
            try:
                data = source.load(word).data
            except NetspecError:
                continue
            return _begun((f"{key}=" for key in _dotted("", data)), incomplete)
    return []


def _found(ctx: typer.Context) -> list[Any]:
    from netspec.runs import past

    try:
        return past.found(Path(ctx.params.get("runs_dir") or "runs"))
    except NetspecError:
        return []


def _dotted(key: str, value: Any) -> Iterator[str]:
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    for name, one in parts:
        place = f"{key}.{name}" if key else str(name)
        yield place
        yield from _dotted(place, one)


def _begun(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in dict.fromkeys(words) if word.startswith(incomplete)]
