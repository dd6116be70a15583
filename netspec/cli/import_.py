"""netspec import."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netspec.cli.extra import note, torch_for
from netspec.cli.terminal import tell
from netspec.diagnostic import UsageError

if TYPE_CHECKING:
    from netspec.capture.imported import Imported
    from netspec.capture.trouble import CaptureError


def import_(
    target: Annotated[
        str,
        typer.Argument(
            help="The class, or a function that makes a module: path/net.py:Net, "
            "package.module:factory or notebook.ipynb:Net.",
            show_default=False,
        ),
    ],
    input: Annotated[
        str, typer.Option(metavar="C,H,W", help="Shape of one sample, such as 1,28,28.")
    ],
    arg: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="An argument for TARGET, such as num_classes=10; repeatable.",
            show_default=False,
        ),
    ] = None,
    definitions: Annotated[
        bool | None,
        typer.Option(
            help="Of a file run imports, classes, functions and constants alone; the default for "
            "notebooks.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the spec here.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            help="A checkpoint of the module; with -o its weights are written beside the spec, "
            "under the spec's names.",
            show_default=False,
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option(help="Hold what the spec builds against the module.")
    ] = True,
) -> None:
    """Write the spec of a network that exists as an nn.Module. This runs the module's code.

    The spec goes to standard output, what there is to know to standard error. Exits with 1 where no
    spec says the same, and says why.
    """
    if weights and not out:
        raise UsageError(
            "--weights needs -o", "the weights are written beside the spec: -o net.yaml"
        )
    shape = _shape(input)
    with torch_for("import"):
        from netspec.capture.imported import imported
        from netspec.capture.target import load, parsed
        from netspec.capture.trouble import CaptureError
        from netspec.capture.weights import read, written
        from netspec.disk import output
    if out:
        for file in (out, *(written(out) if weights else ())):
            output.free(file)
    try:
        # What the module prints is not the spec.
        with contextlib.redirect_stdout(sys.stderr):
            module = load(target, parsed(arg or ()), definitions)
            if weights:
                read(weights, module)
            found = imported(
                module, shape, name=out.stem if out else re.split("[:.]", target)[-1],
                description=f"imported from {Path(target).name}", verify=verify,
            )  # fmt: skip
    except CaptureError as error:
        _explain(error)
        raise typer.Exit(error.exit_code) from None
    for one in found.notes:
        note(one)
    if out is None:
        typer.echo(found.source.text, nl=False)
        return
    _write(found, out, bool(weights))


def _shape(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(one) for one in text.strip("()[] ").replace("x", ",").split(","))
    except ValueError:
        raise UsageError(f"--input {text} is no shape", "--input 1,28,28") from None


def _write(found: Imported, out: Path, weights: bool) -> None:
    from netspec.capture.weights import write
    from netspec.disk import output

    output.write(out, found.source.text.encode())
    made = [out, *(write(found, out) if weights else ())]
    tell(f"wrote {', '.join(one.as_posix() for one in made)}", err=True)


def _explain(error: CaptureError) -> None:
    """Print all that stands in the way, each with its line of code and a way out."""
    from netspec.capture.trouble import told

    for one in error.troubles:
        tell(f"error: {told(one)}", err=True)
        if one.place and one.place.code:
            tell(f"    {one.place.code}", err=True)
        if one.help:
            tell(f"  help: {one.help}", err=True)
