"""Files that are whole or not there, and reads that are bounded."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from netspec.diagnostic import NetspecError
from netspec.disk.failpoint import reach

_BINARY: int = getattr(os, "O_BINARY", 0)
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT: int = getattr(os, "O_NONBLOCK", 0)
"""For the other end of a pipe."""
_KINDS = {
    stat.S_IFDIR: "folder", stat.S_IFLNK: "symbolic link", stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device",
}  # fmt: skip


KEPT = "what was saved before is kept; --resume goes on from there"


def rewrite(path: Path, data: bytes) -> None:
    """Put `data` in place of what is in a file of the user's, through links, with its mode.

    Raises NetspecError where that cannot be done, and then what was there stays.
    """
    file = Path(os.path.realpath(path))
    replace(file, data, mode=stat.S_IMODE(file.stat().st_mode), help="it was left as it is")


def replace(
    path: Path, data: bytes, keep: Path | None = None, mode: int | None = None, help: str = KEPT
) -> None:
    """Put `data` at `path` once it is on the disk and reads back right; to `keep` what was there.

    With `mode` the file gets these permissions. Raises NetspecError where that cannot be done, and
    then what was there stays.
    """
    partial, name = path.with_name(f".{path.name}.{token_hex(4)}.partial"), path.name
    for target in (path, keep):
        if target:
            plain(target)
    try:
        _write(partial, data, name)
        if partial.read_bytes() != data:
            raise OSError("it does not read back as it was written")
        if mode is not None:
            partial.chmod(mode)
        reach(f"{name}:verified")
        if keep and path.exists():
            os.replace(path, keep)
            reach(f"{name}:kept")
        os.replace(partial, path)
        reach(f"{name}:replaced")
        _sync(path.parent)
        reach(f"{name}:done")
    except OSError as error:
        raise _failed(path, error, len(data), help) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write(path: Path, data: bytes, name: str) -> None:
    reach(f"{name}:open")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    with open(descriptor, "wb") as file:
        middle = len(data) // 2
        for part, place in ((data[:middle], "half"), (data[middle:], "written")):
            file.write(part)
            file.flush()
            reach(f"{name}:{place}")
        os.fsync(descriptor)
    reach(f"{name}:synced")


def append(path: Path, text: str) -> None:
    """Write `text` at the end of `path`."""
    try:
        reach(f"{path.name}:append")
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY | _NO_LINK | _NO_WAIT
        with open(os.open(path, flags, 0o666), "ab") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                plain(path)
            file.write(text.encode())
        reach(f"{path.name}:appended")
    except OSError as error:
        plain(path)
        raise _failed(path, error, len(text)) from None


def read(path: Path, limit: int, links: bool = False) -> bytes:
    """What is in a regular file of at most `limit` bytes; OSError where there is none.

    Symbolic links are followed with `links` only.
    """
    if not links:
        plain(path)
    follow = 0 if links else _NO_LINK
    with open(os.open(path, os.O_RDONLY | _BINARY | _NO_WAIT | follow), "rb") as file:
        found = os.fstat(file.fileno())
        _regular(path, found)
        if found.st_size > limit:
            raise NetspecError(f"{path} is {found.st_size:,} bytes, at most {limit:,} can be right")
        return file.read(limit)


def plain(path: Path) -> None:
    """Refuse a `path` where something is that is not a regular file."""
    with suppress(OSError):
        _regular(path, path.lstat())


def regular(path: Path) -> None:
    """Refuse a `path` that leads to something else than a regular file, through links or not."""
    with suppress(OSError):
        _regular(path, path.stat())


def _regular(path: Path, found: os.stat_result) -> None:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        what = _KINDS.get(kind, "special file")
        raise NetspecError(f"{path} is a {what}, not a file", "move it away")


def sweep(folder: Path, name: str = "*") -> None:
    """Remove what a killed process left half written, of the files that `name` matches."""
    for stale in folder.glob(f".{name}.*.partial"):
        with suppress(OSError):
            stale.unlink()


def _failed(path: Path, error: OSError, size: int, help: str = KEPT) -> NetspecError:
    message = f"cannot write {path} ({size:,} bytes): {error.strerror or error}"
    return NetspecError(message, help)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
