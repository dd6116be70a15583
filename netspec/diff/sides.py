"""The two sides of a comparison: files, folders, or a commit of git and the work tree."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from netspec import report, source
from netspec.diagnostic import UsageError
from netspec.diff import git
from netspec.report import Report
from netspec.source import files

Side = dict[str, Report]
"""Reports by what says which of them belong together."""


def on_disk(old: Path, new: Path) -> tuple[Side, Side]:
    """Two specs, or the specs of two folders by their paths inside; UsageError for one of each."""
    for path in old, new:
        if not path.exists():
            raise UsageError(f"cannot read {path.as_posix()}: no such file or folder")
    if old.is_dir() != new.is_dir():
        raise UsageError("OLD and NEW are a file and a folder", "compare two files or two folders")
    if not old.is_dir():
        return {"": read(old)}, {"": read(new)}
    return _folder(old), _folder(new)


def against(ref: str, paths: Sequence[Path]) -> tuple[Side, Side]:
    """Specs at or below `paths` as a commit has them, and as they are here, by path.

    UsageError where git cannot say, or where a path is on neither side.
    """
    old = {
        name: report.read(content, name)
        for name, content in git.files(ref, paths).items()
        if _is_asked_for(name, paths)
    }
    here = {_name(file): file for path in paths if path.exists() for file in files.specs(path)}
    new = {name: read(file) for name, file in here.items()}
    for path in paths:
        name = _name(path)
        if not (path.is_dir() or name in new or any(_is_below(other, name) for other in old)):
            raise UsageError(f"cannot read {name}: neither here nor at {ref}")
    return old, new


def read(path: Path) -> Report:
    """The report on a spec file, called as git would; UsageError where it cannot be read."""
    return report.read(source.read_bytes(path), _name(path))


def _folder(folder: Path) -> Side:
    return {file.relative_to(folder).as_posix(): read(file) for file in files.specs(folder)}


def _is_asked_for(name: str, paths: Sequence[Path]) -> bool:
    """Whether a file of a commit is one that would be found here."""
    parents = [_name(path) for path in paths]
    if name in parents:
        return True
    inside = [
        name if parent == "." else name.removeprefix(f"{parent}/")
        for parent in parents
        if _is_below(name, parent)
    ]
    return any(map(files.is_spec, inside))


def _is_below(name: str, folder: str) -> bool:
    return folder in (".", name) or name.startswith(f"{folder}/")


def _name(path: Path) -> str:
    """The path from the working directory, as git writes it."""
    return Path(os.path.relpath(path)).as_posix()
