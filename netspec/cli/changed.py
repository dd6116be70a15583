"""--set: a spec with some of its values changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.diagnostic import UsageError

if TYPE_CHECKING:
    from netspec.source import Source


def changed(spec: Path | Source, changes: Sequence[str]) -> Source:
    """The spec, or the one in a file, with each `key=value` set."""
    from netspec.language.override import override
    from netspec.source import load

    source = load(spec) if isinstance(spec, Path) else spec
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"--set {change}: no value", "write --set key=value")
        source = override(source, key.strip(), value)
    return source
