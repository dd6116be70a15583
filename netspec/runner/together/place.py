"""Where processes on one machine meet, by a file."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX, _FILE = "netspec-meeting-", "meeting"


@contextmanager
def meeting_place() -> Iterator[tuple[Path, list[int]]]:
    """A file for the processes, and what keeps it: descriptors that are theirs too.

    It goes in the end, or where all of them are killed, at the next start.
    """
    home = Path(tempfile.gettempdir())
    if sys.platform == "win32":
        with tempfile.TemporaryDirectory(prefix=_PREFIX) as place:
            yield Path(place) / _FILE, []
        return
    for left in home.glob(f"{_PREFIX}*"):
        with suppress(OSError), _locked(left):
            (left / _FILE).unlink(missing_ok=True)
            left.rmdir()  # which stays where anything else is in it
    # Under its name once it is locked, so that nobody takes it for one that was left.
    made = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}"))
    with _locked(made) as descriptor:
        folder = made.rename(home / made.name.removeprefix("."))
        try:
            yield folder / _FILE, [descriptor]
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if sys.platform != "win32":

    @contextmanager
    def _locked(folder: Path) -> Iterator[int]:
        """A descriptor that locks a folder of this user; OSError where another process does."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(descriptor).st_uid != os.getuid():
                raise PermissionError
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        finally:
            os.close(descriptor)
