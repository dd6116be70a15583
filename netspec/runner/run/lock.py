"""One process at a time in a run's folder."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from netspec.diagnostic import NetspecError
from netspec.disk import files

if sys.platform != "win32":
    import fcntl

NAME = ".lock"
_DYING = 1.0
"""Seconds that a process which was killed may take to be gone: its memory is freed first."""
_held: set[int] = set()
"""Descriptors of this process's locks."""


class Lock:
    """Held until it is closed or the process ends, however it ends."""

    def __init__(self, folder: Path, patience: float = _DYING) -> None:
        """Take it; NetspecError, with the process that has it, where another one is in `folder`.

        That one has `patience` seconds to be gone.
        """
        path = folder / NAME
        files.plain(path)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            _held.add(self._descriptor)
        except OSError as error:
            raise NetspecError(f"cannot write in {folder}: {error.strerror}") from None
        try:
            self._take(patience)
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            process = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            self.close()
            message = f"{folder} is in use by process {process}"
            raise NetspecError(message, "wait for it, or end it") from None
        except OSError as error:
            self.close()
            raise NetspecError(f"cannot write in {folder}: {error.strerror}") from None

    def _take(self, patience: float) -> None:
        if sys.platform == "win32":
            return None
        until = monotonic() + patience
        while True:
            try:
                return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > until:
                    raise
                sleep(0.02)

    def close(self) -> None:
        if self._descriptor in _held:
            _held.remove(self._descriptor)
            os.close(self._descriptor)


def _let_go() -> None:
    """Close what a forked process inherits: it would hold the lock of a parent that was killed."""
    while _held:
        with suppress(OSError):
            os.close(_held.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
