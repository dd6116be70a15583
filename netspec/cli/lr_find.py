"""netspec lr-find."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.changed import advise, changed_with_data
from netspec.cli.extra import torch_for
from netspec.cli.options import Changes, DataDir, Device, OwnData
from netspec.cli.terminal import put, tell
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render import formats, renderer

Format = StrEnum("Format", formats("lr_find"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


def lr_find(
    spec: Annotated[Path, typer.Argument(help="The spec to train.", show_default=False)],
    data_dir: DataDir = Path("data"),
    data: OwnData = None,
    low: Annotated[float, typer.Option("--from", help="First learning rate.")] = 1e-5,
    high: Annotated[float, typer.Option("--to", help="Last learning rate.")] = 10,
    steps: Annotated[int, typer.Option(min=20, max=100_000, help="Batches in between.")] = 200,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="PNG file for the curve.", show_default=False),
    ] = None,
    device: Device = "auto",
    set: Changes = None,
    format: Annotated[Format, typer.Option(help="How to print the curve.")] = _DEFAULT,
) -> None:
    """Train a few batches at rising learning rates, to see which one suits (Smith, 2017).

    Exits with 0, with 1 if the spec has an error, 2 for wrong use, 3 where it cannot be trained.
    """
    from netspec.compiler import compile

    if not 0 < low < high:
        raise UsageError(f"--from {low:g} is not below --to {high:g}", "such as 1e-5 and 10")
    if out:
        output.free(out)
    text, data_dir = changed_with_data(spec, set or (), data_dir)
    plan = compile(text)
    train = plan.train
    advise(plan)
    with torch_for("lr-find"):
        from netspec.runner.data.called import called
        from netspec.runner.lr_find import lr_find
    # Beside what machines read.
    told = sys.stdout if format is _DEFAULT else sys.stderr
    given = called(data) if data else None
    curve = lr_find(plan, data_dir, device, low=low, high=high, steps=steps, out=told, data=given)
    put(renderer("lr_find", format).render(train, curve))
    if out:
        from netspec.runner.after import pictures

        pictures.rates(out, plan.name, curve)
        tell(out.as_posix())
