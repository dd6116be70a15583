"""One process at a time in a run's folder."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from netspec.diagnostic import NetspecError
from netspec.disk import files

if sys.platform != "win32":
    import fcntl

NAME = ".lock"


class Lock:
    """Held until it is closed or the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take it; NetspecError, with the process that has it, where another one is in `folder`."""
        path = folder / NAME
        files.plain(path)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise NetspecError(f"cannot write in {folder}: {error.strerror}") from None
        try:
            if sys.platform != "win32":
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._descriptor)
