"""Runs for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from netspec import __version__
from netspec.diff.compare import Setting, SpecDiff
from netspec.render.diff.json import change
from netspec.runs.past import Past, Row, finite


def render(runs: Sequence[Past]) -> str:
    """One JSON object with every run; keys are only ever added."""
    return _whole(runs=[_run(run) for run in runs])


def epochs(run: Past, rows: Sequence[Row]) -> str:
    """One JSON object with every epoch of a run."""
    told = [{key: finite(value) for key, value in row.items()} for row in rows]
    return _whole(run=_run(run), epochs=told)


def compared(a: Past, b: Past, spec: SpecDiff, around: Sequence[Setting]) -> str:
    """One JSON object with both runs and what differs."""
    environment = [one._asdict() for one in around]
    return _whole(runs=[_run(a), _run(b)], spec=change(spec), environment=environment)


def _run(run: Past) -> dict[str, Any]:
    figures = {key: finite(getattr(run, key)) for key in ("best", "last", "seconds")}
    return run._asdict() | figures | {"folder": run.folder.as_posix()}


def _whole(**keys: Any) -> str:
    return json.dumps({"schema": 1, "version": __version__, **keys}, indent=2)
