"""Files that people name, as `-o` of every command writes them: whole, over regular files alone."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What is no fault of the name."""
_NAME = "such as -o build/net.png"


def free(path: Path) -> None:
    """Refuse a `path` that no file can be written to; asked before the work is done for it.

    Raises UsageError for a folder, a link, a device and the like, and where there is no folder for
    it.
    """
    shown = path.as_posix()
    if str(path) == "-":
        raise UsageError("- is no file to write to", _NAME)
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        found = None
    except OSError as error:
        raise _unusable(path, error) from None
    if found is not None and not stat.S_ISREG(found):
        raise UsageError(f"{shown} is a {files.kind(found)}, not a file", "name another file")
    parent = path.parent
    if not parent.is_dir():
        raise UsageError(f"no folder {parent.as_posix()} for {path.name}", "make it first")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write in {parent.as_posix()}", "name another folder")


def write(path: Path, data: bytes, check: Callable[[Path], object] | None = None) -> None:
    """Put `data` at `path`, over a regular file or where nothing is, and keep that file's mode.

    `check` reads the file while it still has another name: where it raises, `path` stays as it was.
    Raises UsageError as `free` does, NetspecError where the disk is full.
    """
    free(path)
    # Of a name as long as one can be there is no longer one.
    partial = path.with_name(f".{path.name[:40]}.{token_hex(4)}.partial")
    try:
        files.create(partial, data, path.name)
        with suppress(FileNotFoundError):
            os.chmod(partial, stat.S_IMODE(path.stat().st_mode))
        if check:
            check(partial)
        os.replace(partial, path)
        files.sync(path.parent)
    except OSError as error:
        raise _unusable(path, error, len(data)) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _unusable(path: Path, error: OSError, size: int | None = None) -> NetspecError:
    of = "" if size is None else f" ({size:,} bytes)"
    message = f"cannot write {path.as_posix()}{of}: {error.strerror or error}"
    if error.errno in _FULL:
        return NetspecError(message, "what was there is kept")
    return UsageError(message, "name another file")
