"""netspec check."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, TextIO

import typer

from netspec import compiler, source
from netspec.compiler import Report
from netspec.diagnostic import Diagnostic, UsageError


class Format(StrEnum):
    """How findings are printed."""

    full = "full"
    json = "json"


def check(
    paths: Annotated[list[Path], typer.Argument(help="Specs, or folders of specs.")],
    format: Annotated[Format, typer.Option(help="How to print the report.")] = Format.full,
    layers: Annotated[
        bool | None,
        typer.Option(help="Print every layer; the default for a single spec.", show_default=False),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Fail on warnings too.")] = False,
) -> None:
    """Check specs: shapes, receptive fields, parameters and budgets, without torch.

    Exits with 0 if all is well, 1 if a spec has an error, 2 if a file cannot be read.
    """
    reports, unreadable = [], False
    for path in find(paths):
        try:
            reports.append(compiler.check(path))
        except UsageError as error:
            unreadable = True
            found = Diagnostic("unreadable", str(error), help=error.help, path=os.fspath(path))
            reports.append(Report(path.as_posix(), None, [found]))
    if format is Format.json:
        import json

        from netspec.render.report import data

        typer.echo(json.dumps(data(reports), indent=2))
    else:
        from netspec.render.report import full

        every = len(reports) == 1 if layers is None else layers
        typer.echo(full(reports, layers=every, show=snippet))
    failing = {"error", "warning"} if strict else {"error"}
    failed = any(found.severity in failing for report in reports for found in report.diagnostics)
    raise typer.Exit(2 if unreadable else 1 if failed else 0)


def find(paths: list[Path]) -> list[Path]:
    """The specs that paths name, folders searched; UsageError for a folder without any."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(
            file
            for file in path.rglob("*")
            if file.suffix in (".yaml", ".yml")
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not inside:
            raise UsageError(f"no specs in {path}", "specs are files that end in .yaml or .yml")
        found.update(dict.fromkeys(inside))
    return list(found)


def snippet(found: Diagnostic, err: bool = False) -> str:
    """A finding with the lines it is about, as standard output (or error) can show it."""
    from netspec.render.snippet import render

    stream = sys.stderr if err else sys.stdout
    return render(found, text(found.path), colored(stream), width(stream))


@cache
def text(path: str | None) -> str | None:
    """What a file says, as far as it can be shown."""
    try:
        return source.read_bytes(path).decode(errors="replace") if path else None
    except UsageError:
        return None


def colored(stream: TextIO) -> bool:
    """Whether to colour what is printed: on a terminal, unless NO_COLOR says no."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def width(stream: TextIO) -> int | None:
    """Columns of the terminal; None where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return None
