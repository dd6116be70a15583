"""One process at a time, of any that see the folder; a process that dies lets go."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

from netspec.diagnostic import NetspecError

if sys.platform != "win32":
    import fcntl


class Mutex:
    """Waits for its turn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Wait, and take it."""
        if sys.platform == "win32":
            raise NetspecError("a sweep needs locks that Windows does not have", "use WSL")
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
