"""netspec runs."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.options import RunsDir
from netspec.diagnostic import UsageError
from netspec.runs import past

Key = StrEnum("Key", {key: key for key in past.KEYS})  # type: ignore[misc]


class Format(StrEnum):
    """How runs are printed: each is a module of netspec.render.runs."""

    text = "text"
    json = "json"
    csv = "csv"


def runs(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN [OTHER]]",
            help="One run to see its epochs, two to see what differs; each a run folder, or a "
            "name such as mnist for its latest run.",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        Key | None,
        typer.Option(
            help="Best and last are the highest first, date is the newest first, others the "
            "lowest; default: name and run.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.text,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """List the runs with their figures, show the epochs of one, or compare two."""
    given = [past.find(run, runs_dir) for run in runs or ()]
    if len(given) > 2 or (sort and given):
        raise UsageError("wrong number of runs", "none, or none with --sort, or one, or two")
    shown = import_module(f"netspec.render.runs.{format}")
    if not given:
        every = past.found(runs_dir)
        typer.echo(shown.render(past.ordered(every, sort) if sort else every))
    elif len(given) == 1:
        typer.echo(shown.epochs(past.past(given[0]), past.epochs(given[0])))
    else:
        typer.echo(_compared(given[0], given[1], format))


def _compared(a: Path, b: Path, format: Format) -> str:
    from netspec.cli.diff import read
    from netspec.diff.compare import compare

    if format is Format.csv:
        raise UsageError("two runs are compared as text or json", "--format csv lists runs")
    (spec,) = compare({"": read(a / "spec.yaml")}, {"": read(b / "spec.yaml")})
    around = list(past.surroundings(a, b))
    shown = import_module(f"netspec.render.runs.{format}")
    text: str = shown.compared(past.past(a), past.past(b), spec, around)
    return text
