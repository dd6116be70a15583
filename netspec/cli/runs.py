"""netspec runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from netspec.cli.options import RunsDir
from netspec.diagnostic import UsageError
from netspec.render import formats, renderer
from netspec.runs import past

Key = StrEnum("Key", {key: key for key in past.KEYS})  # type: ignore[misc]


Format = StrEnum("Format", formats("runs"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


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
    format: Annotated[Format, typer.Option(help="How to print it.")] = _DEFAULT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """List the runs with their figures, show the epochs of one, or compare two."""
    given = [past.find(run, runs_dir) for run in runs or ()]
    if len(given) > 2 or (sort and given):
        raise UsageError("wrong number of runs", "none, or none with --sort, or one, or two")
    shown = renderer("runs", format)
    if not given:
        every = past.found(runs_dir)
        typer.echo(shown.render(past.ordered(every, sort) if sort else every))
    elif len(given) == 1:
        typer.echo(shown.epochs(past.past(given[0]), past.epochs(given[0])))
    elif hasattr(shown, "compared"):
        typer.echo(_compared(given[0], given[1], shown))
    else:
        able = [one for one in formats("runs") if hasattr(renderer("runs", one), "compared")]
        raise UsageError(
            f"two runs are compared as {' or '.join(able)}", f"--format {format} lists runs"
        )


def _compared(a: Path, b: Path, shown: Any) -> str:
    from netspec.diff.compare import compare
    from netspec.diff.sides import read

    (spec,) = compare({"": read(a / "spec.yaml")}, {"": read(b / "spec.yaml")})
    around = list(past.surroundings(a, b))
    text: str = shown.compared(past.past(a), past.past(b), spec, around)
    return text
