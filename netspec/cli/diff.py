"""netspec diff."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netspec.cli import files
from netspec.diagnostic import SpecError, UsageError

if TYPE_CHECKING:
    from netspec.diff.compare import Version


class DiffFormat(StrEnum):
    """How changes are printed: each is a module of netspec.render.diff."""

    text = "text"
    markdown = "markdown"
    json = "json"


def diff(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="OLD and NEW, two specs or two folders; with --against specs or folders, "
            "default: specs/.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="Compare with this commit of git, such as main; the work tree is not touched.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[DiffFormat, typer.Option(help="How to print the changes.")] = DiffFormat.text,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Exit with 1 where this holds for a spec, such as 'params > +10%' (change in "
            "percent), 'receptive_field < -2' (change) or 'findings > 0' (value); of params, macs, "
            "activation_bytes, receptive_field, findings; repeatable.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Say what changed between two versions of specs: size, cost, view, layers and findings.

    Exits with 0, with 1 where --fail-on holds or cannot be told because a spec is broken, with 2
    for wrong use.
    """
    from netspec.diff import threshold
    from netspec.diff.compare import compare

    conditions = [threshold.parse(text) for text in fail_on or ()]
    old, new = _at(against, files.given(paths)) if against else _sides(paths or [])
    specs = compare(old, new)
    failures = threshold.failures(specs, conditions)
    typer.echo(import_module(f"netspec.render.diff.{format}").render(specs, failures))
    raise typer.Exit(1 if failures else 0)


Versions = dict[str, "Version"]


def _sides(paths: list[Path]) -> tuple[Versions, Versions]:
    """Versions of two files, or of two folders by their paths inside."""
    if len(paths) != 2:
        raise UsageError("diff takes OLD and NEW", "or --against REF and the specs to compare")
    old, new = paths
    for path in paths:
        if not path.exists():
            raise UsageError(f"cannot read {path.as_posix()}: no such file or folder")
    if old.is_dir() != new.is_dir():
        raise UsageError("OLD and NEW are a file and a folder", "compare two files or two folders")
    if not old.is_dir():
        return {"": read(old)}, {"": read(new)}
    return _folder(old), _folder(new)


def _folder(folder: Path) -> Versions:
    return {file.relative_to(folder).as_posix(): read(file) for file in files.specs(folder)}


def _at(ref: str, paths: list[Path]) -> tuple[Versions, Versions]:
    """Versions at a commit, and in the work tree."""
    from netspec.diff import git

    old = {
        name: _parse(content, name)
        for name, content in git.files(ref, paths).items()
        if _is_spec(name, paths)
    }
    here = _unique(file for path in paths if path.exists() for file in files.specs(path))
    new = {name: read(file) for name, file in here.items()}
    for path in paths:
        name = _name(path)
        inside = path.is_dir() or name in new or any(_below(other, name) for other in old)
        if not inside:
            raise UsageError(f"cannot read {name}: neither here nor at {ref}")
    return old, new


def _is_spec(name: str, paths: list[Path]) -> bool:
    """Whether a file of a commit is one that would be found here."""
    file = Path(name)
    if name in map(_name, paths):
        return True
    parents = [_name(path) for path in paths if _below(name, _name(path))]
    inside = [name if parent == "." else name.removeprefix(f"{parent}/") for parent in parents]
    return file.suffix in files.SUFFIXES and any(
        not any(part.startswith(".") for part in Path(one).parts) for one in inside
    )


def _below(name: str, folder: str) -> bool:
    return folder in (".", name) or name.startswith(f"{folder}/")


def _unique(found: Iterable[Path]) -> dict[str, Path]:
    return {_name(file): file for file in found}


def _name(path: Path) -> str:
    """The path from the working directory, as git writes it."""
    return Path(os.path.relpath(path)).as_posix()


def read(path: Path) -> Version:
    """What a spec file says, and what there is to say about it."""
    from netspec import source

    return _parse(source.read_bytes(path), _name(path))


def _parse(content: bytes, path: str) -> Version:
    from netspec import report as audit
    from netspec import source
    from netspec.diff.compare import Version
    from netspec.report import Report

    text = content.decode(errors="replace")
    try:
        return Version(text, audit.examine(source.parse(content, path)))
    except SpecError as error:
        return Version(text, Report(path, None, error.diagnostics))
