"""Runs for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.diff.compare import Setting, SpecDiff
from netspec.render.diff.json import change
from netspec.render.look import PLAIN, Look
from netspec.render.machine import whole
from netspec.runs.past import Epoch, Past, finite


def render(runs: Sequence[Past], keys: Sequence[str] = (), look: Look = PLAIN) -> str:
    """Every run, and the settings that are not equal in all."""
    return whole(runs=[_run(run) for run in runs], differing=list(keys))


def epochs(run: Past, rows: Sequence[Epoch]) -> str:
    """A run with every epoch."""
    told = [{key: finite(value) for key, value in row.items()} for row in rows]
    return whole(run=_run(run), epochs=told)


def compared(a: Past, b: Past, spec: SpecDiff, around: Sequence[Setting]) -> str:
    """Both runs and what differs."""
    environment = [one._asdict() for one in around]
    return whole(runs=[_run(a), _run(b)], spec=change(spec), environment=environment)


def _run(run: Past) -> dict[str, Any]:
    figures = {key: finite(getattr(run, key)) for key in ("best", "last", "seconds")}
    told = {key: _json(one) for key, one in run.settings.items()}
    return run._asdict() | figures | {"folder": run.folder.as_posix(), "settings": told}


def _json(value: Any) -> Any:
    return finite(value) if isinstance(value, float) else value
