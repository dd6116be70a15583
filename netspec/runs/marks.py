"""What people do with runs: a note, a tag, and the bin."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from netspec.diagnostic import NetspecError, UsageError

FILE = "notes.json"
BIN = ".bin"
MAX_TEXT = 1000
"""Characters of a note."""


def marks(folder: Path) -> dict[str, str]:
    """The note and the tag of a run, those it has."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {key: one for key, one in told.items() if key in ("note", "tag") and _text(one)}
        if isinstance(told, dict)
        else {}
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def mark(folder: Path, **given: str | None) -> None:
    """Write a note or a tag; an empty one takes it away, None leaves it as it is."""
    told = marks(folder) | {key: text for key, text in given.items() if text is not None}
    if any(len(text) > MAX_TEXT for text in told.values()):
        raise UsageError(f"a note is at most {MAX_TEXT} characters long")
    file, new = folder / FILE, folder / f"{FILE}.new"
    try:
        new.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        os.replace(new, file)
    except OSError as error:
        raise NetspecError(f"cannot write {file}: {error.strerror}") from None


def remove(folder: Path) -> Path:
    """Move a run into the bin beside its name, and say where it is; refused while it trains."""
    place = folder.resolve()
    if in_use(place):
        raise UsageError(f"{folder} is in use", "end its training first")
    parent = place.parent.parent / BIN / place.parent.name
    target, copies = parent / place.name, 1
    while target.exists():
        copies += 1
        target = parent / f"{place.name}-{copies}"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        os.rename(place, target)
        if not any(place.parent.iterdir()):
            place.parent.rmdir()
    except OSError as error:
        raise NetspecError(f"cannot move {folder}: {error.strerror}") from None
    return Path(os.path.relpath(target))


def in_use(folder: Path) -> bool:
    """Whether a process holds the lock of a run."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        descriptor = os.open(folder / ".lock", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
