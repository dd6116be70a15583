"""What is in class folders, file by file: nothing is left out without a word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from netspec.diagnostic import NetspecError
from netspec.runner.data.contents import Found
from netspec.runner.data.decode import READABLE, SUFFIXES


class Listing:
    """Lists folders in the order of their names, and counts the names that it passes over."""

    def __init__(self) -> None:
        self._hidden = 0

    def notes(self, root: Path) -> tuple[str, ...]:
        """What to say of what was passed over below `root`."""
        if not self._hidden:
            return ()
        names = "1 name that begins" if self._hidden == 1 else f"{self._hidden} names that begin"
        return (f"{names} with a dot passed over in {root}",)

    def classes(self, part: Path) -> list[str]:
        """The folders in a part; NetspecError where there is none, or an image beside them."""
        found = []
        for entry in self._entries(part):
            if entry.is_dir():
                found.append(entry.name)
            elif _is_image(entry.name):
                message = f"{entry.path} is an image of no class"
                raise NetspecError(message, f"images go to <class>/ in {part}")
        if not found:
            message = f"no class folders in {part}"
            raise NetspecError(message, "one folder for each class goes there")
        return found

    def images(self, folder: Path, above: tuple[str, ...] = ()) -> Iterator[Found]:
        """Every image at any depth; NetspecError for any other file."""
        real = os.path.realpath(folder)
        if real in above:
            raise NetspecError(f"{folder} is a link to a folder that it is in", "take it out")
        for entry in self._entries(folder):
            if entry.is_dir():
                yield from self.images(Path(entry.path), (*above, real))
            elif _is_image(entry.name) and entry.is_file():
                known = entry.stat()
                yield Found(entry.path, known.st_size, known.st_mtime_ns)
            else:
                message = f"{entry.path} is in a class, and no image"
                raise NetspecError(message, f"images are {READABLE}; take it out")

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            raise NetspecError(f"cannot read {folder}: {error.strerror}") from None
        for entry in found:
            if entry.name.startswith("."):
                self._hidden += 1
            else:
                yield entry


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES
