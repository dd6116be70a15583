"""netspec export."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netspec import source
from netspec.cli import complete
from netspec.cli.extra import note, torch_for
from netspec.cli.options import Changes, RunsDir
from netspec.cli.terminal import tell
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.emit.formats import SUFFIXES
from netspec.runs import past
from netspec.source.files import is_spec

if TYPE_CHECKING:
    from netspec.compiler.plan import Plan

Format = StrEnum("Format", list(SUFFIXES))  # type: ignore[misc]


def export(
    network: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|RUN",
            help="A spec, or - for standard input; or a run: its folder, or a name such as mnist "
            "for its latest.",
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
    where they differ or the spec has an error, 2 for wrong use, 3 where a run is damaged or the
    format cannot have the network.
    """
    output.free(out)
    given = _given(network, set or (), runs_dir)
    with torch_for("export"):
        from netspec.emit.export import export
    made = export(given, out, format, raw=raw, seed=seed, note=note)
    if made.difference is None:
        told = "not verified by running it: onnxruntime is not installed"
    elif made.difference:
        told = f"read back, outputs differ by {made.difference:.1g} of the largest at most"
    else:
        told = "read back, outputs are the same"
    if made.difference is not None and not made.seen:
        told += ", though they hardly depend on the input"
    weights = "" if made.weights else f"; its weights are untrained, of seed {seed}"
    tell(f"{out.as_posix()}: {told}{weights}")
    if made.weights and made.format == "python":
        tell(f"load() in it takes {made.weights.as_posix()}")


def _given(network: str, changes: Sequence[str], runs_dir: Path) -> Path | Plan:
    """The plan of a spec, or where a run is."""
    from netspec.cli.changed import changed
    from netspec.compiler import compile

    path = Path(network)
    if network == "-":
        text = sys.stdin.buffer.read(source.MAX_BYTES + 1) if sys.stdin else b""
        return compile(changed(source.parse(text, "stdin.yaml"), changes))
    if not (path.is_file() or is_spec(path.name)):
        path = past.find(network, runs_dir)
    if not path.is_dir() and path.suffix != ".safetensors":
        return compile(changed(path, changes))
    if changes:
        raise UsageError("--set is for specs: a run has its weights", "leave --set out")
    return path
