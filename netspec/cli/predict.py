"""netspec predict."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.eval import Format
from netspec.cli.extra import torch_for
from netspec.cli.options import Device, RunsDir
from netspec.runs import past as runs


def predict(
    run: Annotated[
        str,
        typer.Argument(
            help="A run folder, or a name such as mnist for its latest run.", show_default=False
        ),
    ],
    images: Annotated[list[Path], typer.Argument(help="Image files.", show_default=False)],
    device: Device = "auto",
    format: Annotated[Format, typer.Option(help="How to print the answers.")] = Format.text,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Say what images show, by the best weights of a run: a class and its probability.

    Exits with 0, with 2 where a file is not an image that the network can read (the others are
    answered all the same), with 3 where the run is damaged.
    """
    folder = runs.find(run, runs_dir)
    with torch_for("predict"):
        from netspec.runner.after.predict import predict
        from netspec.runner.after.trained import open_run
    found, refused = predict(open_run(folder, device), images)
    if found or format is Format.json:
        answers = [(file.as_posix(), probabilities) for file, probabilities in found]
        shown = import_module(f"netspec.render.predict.{format}")
        typer.echo(shown.render(folder.as_posix(), answers))
    for message in refused:
        typer.echo(f"error: {message}", err=True)
    raise typer.Exit(2 if refused else 0)
