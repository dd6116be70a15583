"""Which files a command is about."""

from __future__ import annotations

from pathlib import Path

from netspec.diagnostic import UsageError

SUFFIXES = (".yaml", ".yml")


def specs(path: Path) -> list[Path]:
    """The specs in a folder and the folders in it, hidden ones left out; a file itself."""
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix in SUFFIXES
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def given(paths: list[Path] | None) -> list[Path]:
    """The paths that were named, else specs/; UsageError where that is not there."""
    if paths:
        return paths
    if Path("specs").is_dir():
        return [Path("specs")]
    raise UsageError("no specs to look at", "name files or folders; without any it is specs/")
