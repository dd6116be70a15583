"""netspec predict."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli import complete
from netspec.cli.extra import note, torch_for
from netspec.cli.options import Device, RunsDir
from netspec.cli.terminal import put, tell
from netspec.render import formats, renderer
from netspec.runs import past

Format = StrEnum("Format", formats("predict"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


def predict(
    run: Annotated[
        str,
        typer.Argument(
            help="A run folder, or a name such as mnist for its latest run.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ],
    images: Annotated[
        list[Path], typer.Argument(help="Image files, or arrays.", show_default=False)
    ],
    invert: Annotated[
        bool, typer.Option("--invert", help="Read light as dark and dark as light.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="A folder for the mask of each image, where pixels have classes.",
            show_default=False,
        ),
    ] = None,
    device: Device = "auto",
    format: Annotated[Format, typer.Option(help="How to print the answers.")] = _DEFAULT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Say what images show, by the best weights of a run: a class and its probability.

    A network of numbers takes .npy files, and .npz files with an x, of one sample or of many;
    one that learnt from a table takes .csv and .parquet files that have its columns.
    An image of another size is read as those of the data set were, or else its middle is.
    Exits with 0, with 2 where a file is not an image that the network can read (the others are
    answered all the same), with 3 where the run is damaged.
    """
    folder = past.find(run, runs_dir)
    with torch_for("predict"):
        from netspec.runner.after import masks
        from netspec.runner.after.predict import predict
        from netspec.runner.after.trained import open_run
    trained = open_run(folder, device, note)
    if out:
        masks.check(trained, images, out)
    found, refused = predict(trained, images, invert, note)
    if out:
        found = masks.write(found, out)
    if text := renderer("predict", format).render(folder.as_posix(), found):
        put(text)
    for message in refused:
        tell(f"error: {message}", err=True)
    raise typer.Exit(2 if refused else 0)
