"""netspec check --watch: the report again whenever a spec changes, until it is interrupted."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from netspec.cli.terminal import put, tell
from netspec.diagnostic import NetspecError, UsageError
from netspec.source import files

EVERY = 0.2
"""Seconds between two looks at the files."""
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"

Stamp = dict[Path, tuple[int, int]]


def watch(paths: Sequence[Path], shown: Callable[[], str]) -> NoReturn:
    """Print what `shown` gives, now and after each change of a spec at the paths.

    An interrupt ends it.
    """
    if Path("-") in paths:
        raise UsageError("standard input cannot be watched", "name files or folders")
    gc.enable()
    names, before = " ".join(path.as_posix() for path in paths), None
    while True:
        now = settled(paths)
        if now != before:
            before = now
            _show(names, shown)
        time.sleep(EVERY)


def _show(names: str, shown: Callable[[], str]) -> None:
    try:
        text = shown()
    except NetspecError as error:
        text = f"error: {error}" + (f"\n  help: {error.help}" if error.help else "")
    except OSError as error:  # what was listed a moment ago is gone
        text = f"error: {error.strerror or error}"
    if sys.stdout.isatty():
        sys.stdout.write(_CLEAR)
    if text:
        put(f"{text}\n")
    tell(f"{time.strftime('%H:%M:%S')} watching {names}; Ctrl-C ends it")
    sys.stdout.flush()


def settled(paths: Sequence[Path]) -> Stamp:
    """When each spec was changed last, once nothing changes any more for a moment."""
    before, now = None, stamp(paths)
    while now != before:
        before = now
        time.sleep(EVERY / 4)
        now = stamp(paths)
    return now


def stamp(paths: Sequence[Path]) -> Stamp:
    """When each spec at the paths was changed last, and its size; without those that are gone."""
    found: Stamp = {}
    for path in paths:
        try:
            for file in files.specs(path):
                told = file.stat()
                found[file] = (told.st_mtime_ns, told.st_size)
        except OSError:
            continue
    return found
