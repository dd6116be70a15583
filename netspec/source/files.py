"""Which files are specs."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".yaml", ".yml")


def specs(path: Path) -> list[Path]:
    """The specs in a folder and the folders in it, hidden ones left out; a file itself."""
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if is_spec(file.relative_to(path).as_posix()) and file.is_file()
    )


def is_spec(name: str) -> bool:
    """Whether a file of a folder is taken for a spec, by its path inside."""
    parts = name.split("/")
    return name.endswith(SUFFIXES) and not any(part.startswith(".") for part in parts)
