"""Runs as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from netspec.render.look import PLAIN, Look
from netspec.render.safe import escape
from netspec.runs.past import KEYS, Epoch, Past
from netspec.runs.settings import value


def render(runs: Sequence[Past], keys: Sequence[str] = (), look: Look = PLAIN) -> str:
    """A line for each run, with the settings that are not equal in all."""
    heads = [*KEYS, *keys]
    return _table([heads, *([value(run, key) for key in heads] for run in runs)])


def epochs(run: Past, rows: Sequence[Epoch]) -> str:
    """A line for each epoch of a run."""
    heads = list(rows[0]) if rows else []
    return _table([heads, *([row.get(key) for key in heads] for row in rows)])


def _table(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([map(_safe, row) for row in rows])
    return text.getvalue().removesuffix("\n")


def _safe(value: Any) -> Any:
    return escape(value) if isinstance(value, str) else value
