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
            elif _suffix(entry.name) in SUFFIXES:
                message = f"{entry.path} is an image of no class"
                raise NetspecError(message, f"images go to <class>/ in {part}")
        if not found:
            message = f"no class folders in {part}"
            raise NetspecError(message, "one folder for each class goes there")
        return found

    def images(self, folder: Path) -> Iterator[Found]:
        """Every image of a class at any depth; NetspecError for any other file."""
        what = f"in a class, and no image: those are {READABLE}"
        return self.files(folder, SUFFIXES, what)

    def files(
        self, folder: Path, suffixes: frozenset[str], what: str, above: tuple[str, ...] = ()
    ) -> Iterator[Found]:
        """Every file at any depth; NetspecError where it has another suffix: then it is `what`."""
        real = os.path.realpath(folder)
        if real in above:
            raise NetspecError(f"{folder} is a link to a folder that it is in", "take it out")
        for entry in self._entries(folder):
            if entry.is_dir():
                yield from self.files(Path(entry.path), suffixes, what, (*above, real))
            elif _suffix(entry.name) in suffixes and entry.is_file():
                known = entry.stat()
                yield Found(entry.path, known.st_size, known.st_mtime_ns)
            else:
                raise NetspecError(f"{entry.path} is {what}", "take it out")

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


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()
