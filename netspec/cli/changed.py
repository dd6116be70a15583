"""--set: a spec with some of its values changed, and what check says of it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netspec.cli.terminal import show
from netspec.diagnostic import UsageError, listed, nearest

if TYPE_CHECKING:
    from netspec.compiler.plan import Plan
    from netspec.source import Source


def changed(spec: Path | Source, changes: Sequence[str]) -> Source:
    """The spec, or the one in a file, with each `key=value` set.

    Raises UsageError for a change that nothing reads.
    """
    from netspec.language.override import override
    from netspec.source import load

    source = load(spec) if isinstance(spec, Path) else spec
    before = source.data
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"--set {change}: no value", "write --set key=value")
        source = override(source, key.strip(), value)
    _refuse_unread(before, source.data, changes)
    return source


def changed_with_data(spec: Path, changes: Sequence[str], data_dir: Path) -> tuple[Source, Path]:
    """The same of the spec in a file, and the data directory that a whole path moves."""
    from netspec.language.override import override
    from netspec.source import load

    before = load(spec)
    source = changed(before, changes)
    # A file may not lead out of the data directory; whoever gives a path here may, and so names it.
    path = _path(source.data)
    whole = os.path.expanduser(path)
    if path == _path(before.data) or not os.path.isabs(whole):
        return source, data_dir
    parent, name = os.path.split(os.path.abspath(whole))
    return override(source, "train.data.path", json.dumps(name)), Path(parent)


def advise(plan: Plan) -> None:
    """Print what check would warn of in a plan to standard error; an error ends what it hinders."""
    from netspec.report import findings

    told = [found for found in findings(plan) if found.severity == "warning"]
    show(told, plan.source.text)


def _path(data: Any) -> str:
    """Where a spec says that its images are; empty where it does not."""
    for key in ("train", "data", "path"):
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def _refuse_unread(before: Any, after: Any, changes: Sequence[str]) -> None:
    from netspec.language.override import unread

    for place, message, known in unread(before, after):
        keys = {change: tuple(change.partition("=")[0].strip().split(".")) for change in changes}
        change = next(
            text
            for text, key in keys.items()
            if key == place[: len(key)] or place == key[: len(place)]
        )
        other = [name for name in known if name != place[-1]]
        hint = nearest(place[-1], other) or (listed(known) if known else "the spec has none")
        raise UsageError(f"--set {change}: {message}", hint)
