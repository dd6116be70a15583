"""The list of digests that runs had before a checkpoint carried its own."""

from __future__ import annotations

import json
from pathlib import Path

from netspec.disk import files

NAME = "manifest.json"
_LIMIT = 1 << 20


def digests(folder: Path) -> set[str] | None:
    """The SHA-256 of each content that a run's files may have; None where nobody says."""
    try:
        found = json.loads(files.read(folder / NAME, _LIMIT))["files"]
        return {str(each) for name in found for each in found[name]}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
