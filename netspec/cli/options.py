"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netspec.cli import complete
from netspec.diagnostic import UsageError

DataDir = Annotated[Path, typer.Option(help="Folder that holds the data sets.")]
Device = Annotated[str, typer.Option(help="auto (CUDA, MPS or the CPU), cpu, cuda, cuda:1 or mps.")]
OwnData = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="MODULE:FUNCTION",
        help="For dataset: own: a function that gives (train, test); it is run.",
        show_default=False,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        help="Threads of a process on the CPU; by default one for small networks, else as many as "
        "torch would take of the cores that others leave. A run goes on with those it began with.",
        show_default=False,
    ),
]
RunsDir = Annotated[Path, typer.Option(help="Folder that holds the runs.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="Any value of the spec, such as train.optimizer.Adam.lr=0.003; repeatable.",
        show_default=False,
        autocompletion=complete.keys,
    ),
]

Variations = Annotated[
    list[str],
    typer.Option(
        metavar="KEY=VALUES",
        help="A place that --set can name and its values: vars.width=4..40, '4..40 step 4', "
        "'log 1e-4..1e-1 7' or '[4, 8, 12]'; repeatable.",
        show_default=False,
        autocompletion=complete.keys,
    ),
]
Bounds = Annotated[
    list[str] | None,
    typer.Option(
        metavar="BOUND",
        help="Keep only what this holds for, such as 'params <= 8k' or 'receptive_field >= 60 %'; "
        "repeatable. The quantities are those of audit:, whose own budgets always hold.",
        show_default=False,
    ),
]


def specs_given(paths: list[Path] | None) -> list[Path]:
    """The paths that were named, else specs/; UsageError where that is not there."""
    if paths:
        return paths
    if Path("specs").is_dir():
        return [Path("specs")]
    raise UsageError("no specs to look at", "name files or folders; without any it is specs/")
