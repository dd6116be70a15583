"""netspec runs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from netspec.cli import complete
from netspec.cli.options import RunsDir
from netspec.cli.terminal import look, put, tell
from netspec.diagnostic import UsageError
from netspec.render import formats, renderer
from netspec.runs import marks, past, settings

Format = StrEnum("Format", formats("runs"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


def runs(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN [OTHER...]]",
            help="One run to see its epochs, more to see what differs; each a run folder, or a "
            "name such as mnist for its latest run.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="A column or a setting such as train.batch_size. Best and last are the highest "
            "first, date is the newest first, others the lowest; default: name and run.",
            show_default=False,
            autocompletion=complete.columns,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Only runs for which this holds, such as 'best > 90 %', status=finished or "
            "train.optimizer.Adam.lr=0.01; repeatable.",
            show_default=False,
        ),
    ] = None,
    note: Annotated[
        str | None,
        typer.Option(help="Write a note beside the runs that are named.", show_default=False),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(help="Tag the runs that are named; '' takes it away.", show_default=False),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Move the runs that are named to the bin, .bin/.")
    ] = False,
    format: Annotated[Format, typer.Option(help="How to print it.")] = _DEFAULT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """List the runs with their figures and settings that differ, or compare the ones named."""
    given = list(dict.fromkeys(past.find(run, runs_dir) for run in runs or ()))
    if remove or note is not None or tag is not None:
        return _change(given, remove, note=note, tag=tag)
    if given and (sort or where) and len(given) < 3:
        raise UsageError("wrong number of runs", "--sort and --where are for lists of runs")
    shown = renderer("runs", format)
    if len(given) == 1:
        put(shown.epochs(past.past(given[0]), past.epochs(given[0])))
    elif len(given) == 2 and hasattr(shown, "compared"):
        put(_compared(given[0], given[1], shown))
    else:
        every = [past.past(run) for run in given] if given else past.found(runs_dir)
        chosen = settings.chosen(every, where or ())
        if sort:
            settings.check(sort, every)
            chosen = past.ordered(chosen, sort)
        keys = settings.differing(chosen) if given else settings.varied(chosen)
        put(shown.render(chosen, keys, look(sys.stdout)))
    return None


def _change(given: list[Path], remove: bool, **texts: str | None) -> None:
    """Mark runs, or move them to the bin, and say so."""
    if not given:
        raise UsageError("no run is named", "name the runs to mark or remove")
    if remove and any(text is not None for text in texts.values()):
        raise UsageError("--remove stands alone")
    for run in given:
        if remove:
            tell(f"{run.as_posix()} is now {marks.remove(run).as_posix()}")
        else:
            marks.mark(run, **texts)


def _compared(a: Path, b: Path, shown: Any) -> str:
    from netspec.diff.compare import compare
    from netspec.diff.sides import read

    (spec,) = compare({"": read(a / "spec.yaml")}, {"": read(b / "spec.yaml")})
    around = list(past.surroundings(a, b))
    text: str = shown.compared(past.past(a), past.past(b), spec, around)
    return text
