"""netspec eval."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netspec.cli import complete
from netspec.cli.extra import note, torch_for
from netspec.cli.options import DataDir, Device, OwnData, RunsDir
from netspec.cli.terminal import put, tell
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render import formats, renderer
from netspec.runs import past

if TYPE_CHECKING:
    from netspec.runner.tasks.base import Judging


Format = StrEnum("Format", formats("eval"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


class Part(StrEnum):
    """A part of a data set."""

    train = "train"
    val = "val"
    test = "test"


def eval(
    run: Annotated[
        str,
        typer.Argument(
            help="A run folder, a name such as mnist for its latest run, or with --weights a spec.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ],
    part: Annotated[
        Part | None,
        typer.Option(
            help="Which images; default: those the run was judged on.", show_default=False
        ),
    ] = None,
    wrong: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="TRUE ANSWER",
            help="Draw the images of one class that were taken for another into --out.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The PNG file of --wrong.", show_default=False),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(help="Weights for a spec: a .safetensors file.", show_default=False),
    ] = None,
    data_dir: DataDir = Path("data"),
    data: OwnData = None,
    device: Device = "auto",
    format: Annotated[Format, typer.Option(help="How to print the figures.")] = _DEFAULT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Say how good the best weights of a run are, by the figures of its task.

    Of a classifier: accuracy, loss, each class, what it confuses.

    With --weights it is a spec with the weights in a file, on the data that its train: names.

    Exits with 0, with 2 for wrong use, with 3 where the run or its data is missing or damaged.
    """
    if bool(wrong) != bool(out):
        raise UsageError("--wrong and --out go together", "--wrong 4 9 --out wrong.png")
    if out:
        output.free(out)
    folder = Path(run) if weights else past.find(run, runs_dir)
    with torch_for("eval"):
        from netspec.runner.after.eval import data_of, judge
        from netspec.runner.after.trained import open_run, open_weights
        from netspec.runner.data.called import called
    given = called(data) if data else None
    if weights:
        trained = open_weights(folder, weights, data_dir, device, given)
    else:
        trained = open_run(folder, device, note)
    answers = judge(trained, *data_of(trained, data_dir, part, given))
    put(renderer("eval", format).render(folder.as_posix(), answers.judgement))
    if wrong and out:
        told = _sheet(answers, wrong, out)
        # Behind what people read; beside what machines do.
        apart = format is not _DEFAULT
        if not apart:
            put("")
        tell(told, err=apart)


def _sheet(answers: Judging, wrong: tuple[str, str], out: Path) -> str:
    """Draw what was confused, and say so."""
    from netspec.render.words import plural
    from netspec.runner.after import pictures

    true, answer = wrong
    pixels, probabilities = answers.wrong(true, answer)
    what = f"{plural(len(pixels), 'image')} of {true} taken for {answer}"
    if not len(pixels):
        return f"{what}: nothing to draw"
    shown = pictures.sheet(out, what, pixels, probabilities)
    first = "" if shown == len(pixels) else f", the {shown} surest of them"
    return f"{what}{first}: {out.as_posix()}"
