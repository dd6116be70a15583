"""netspec export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli import complete
from netspec.cli.extra import note, torch_for
from netspec.cli.options import Changes, RunsDir
from netspec.cli.terminal import tell
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.emit.formats import SUFFIXES
from netspec.runs import past
from netspec.source.files import is_spec

Format = StrEnum("Format", list(SUFFIXES))  # type: ignore[misc]


def export(
    network: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|RUN",
            help="A spec, or a run: its folder, or a name such as mnist for its latest.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write.", show_default=False)
    ],
    format: Annotated[
        Format | None,
        typer.Option(
            help="What to write; default: what the file's suffix says, .onnx, .pt2 or .py.",
            show_default=False,
        ),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Leave out the mean and std that a run normalizes with.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the weights of a spec.")] = 0,
    set: Changes = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Write a network as a file that others run: ONNX, torch.export or plain Python.

    The file is read back and compared with the network before it is kept. Exits with 0, with 1
    where they differ or the spec has an error, 2 for wrong use, 3 where a run is damaged.
    """
    output.free(out)
    path = Path(network)
    if not (path.is_file() or is_spec(path.name)):
        path = past.find(network, runs_dir)
        if set:
            raise UsageError("--set is for specs: a run has its weights", "leave --set out")
    from netspec.cli.changed import changed
    from netspec.compiler import compile

    run = path.is_dir() or not is_spec(path.name)
    given = path if run else compile(changed(path, set or ()))
    with torch_for("export"):
        from netspec.emit.export import export
    made = export(given, out, format, raw=raw, seed=seed, note=note)
    if made.difference is None:
        told = "not verified by running it: onnxruntime is not installed"
    elif made.difference:
        told = f"read back, outputs differ by {made.difference:.1g} of the largest at most"
    else:
        told = "read back, outputs are the same"
    weights = "" if made.trained else f"; its weights are untrained, of seed {seed}"
    tell(f"{out.as_posix()}: {told}{weights}")
