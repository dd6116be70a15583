"""netspec sweep."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netspec.cli.changed import advise, changed_with_data
from netspec.cli.extra import torch_for
from netspec.cli.options import Bounds, Changes, DataDir, Device, Threads, Variations
from netspec.cli.terminal import look, put
from netspec.diagnostic import NetspecError, UsageError
from netspec.language.training.tasks import FIGURES
from netspec.render import formats, renderer
from netspec.render.sweep.text import line

if TYPE_CHECKING:
    from netspec.source import Source

Format = StrEnum("Format", formats("sweep"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))
HELD_BACK = "0.1"
"""Share of the training images that is judged on where the spec says none."""


class Sampler(StrEnum):
    """How the next candidate is chosen."""

    tpe = "tpe"
    random = "random"
    grid = "grid"


class Pruner(StrEnum):
    """How trials are ended early."""

    hyperband = "hyperband"
    median = "median"
    none = "none"


Objective = StrEnum("Objective", [*FIGURES, "loss"])  # type: ignore[misc]
"""What is best."""


def sweep(
    spec: Annotated[Path, typer.Argument(help="The spec to vary and train.", show_default=False)],
    vary: Variations = [],  # noqa: B006
    keep: Bounds = None,
    trials: Annotated[int, typer.Option(min=1, help="Candidates to train.")] = 40,
    sampler: Annotated[
        Sampler, typer.Option(help="What chooses the next one, of those that keep the bounds.")
    ] = Sampler.tpe,
    pruner: Annotated[
        Pruner, typer.Option(help="What ends a trial after an epoch that says enough.")
    ] = Pruner.hyperband,
    objective: Annotated[
        Objective | None,
        typer.Option(
            help="What is best, on images that are held back; default: the first figure of the "
            "task, such as accuracy.",
            show_default=False,
        ),
    ] = None,
    best: Annotated[
        int, typer.Option(min=1, help="Trials that are run again over seeds in the end.")
    ] = 3,
    seeds: Annotated[
        int,
        typer.Option(min=0, max=99, help="Seeds for each; only these runs meet the test set."),
    ] = 3,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Trials beside each other.")] = 1,
    threads: Threads = None,
    set: Changes = None,
    expect: Annotated[
        bool,
        typer.Option("--expect/--no-expect", help="Whether `expect:` beside layers must hold."),
    ] = True,
    seed: Annotated[int, typer.Option(help="Of what is drawn; training has train.seed.")] = 0,
    data_dir: DataDir = Path("data"),
    device: Device = "auto",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the sweep; default: sweeps/NAME.", show_default=False
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print what was found.")] = _DEFAULT,
    status: Annotated[
        bool, typer.Option("--status", help="Show how the sweep stands, and train nothing.")
    ] = False,
) -> None:
    """Train the best of the specs that keep to exact bounds: a search that trains what it finds.

    Started again with the same words it goes on; several beside each other, on one machine or on
    many that share the folder, share the work. Exits with 0 if all is well, 1 if nothing keeps the
    bounds or the spec has an error, 2 for wrong use, 3 if it failed, 130 if it was interrupted.
    """
    folder = out or Path("sweeps") / spec.stem
    with torch_for("sweep", "sweep"):
        from netspec.sweep import question
        from netspec.sweep import sweep as room
        from netspec.sweep.work import Means
    shown = renderer("sweep", format)
    if status:
        before = question.read(folder)
        if before is None:
            raise UsageError(f"no sweep in {folder.as_posix()}", "--out names its folder")
        return put(shown.render(room.look(folder, before), look(sys.stdout)))
    source, data_dir = changed_with_data(spec, set or (), data_dir)
    held_back = _held_back(source, expect=expect)
    goes_by = objective or _follows(held_back)
    asked = question.Question(
        spec.stem, source.path, source.text, held_back.text, vary,
        keep or [], trials, sampler, pruner, goes_by, seeds, best, seed,
        threads or _share(workers),
    )  # fmt: skip
    asked.search  # noqa: B018 (which says what is wrong with it)
    if room.PARENT not in os.environ:
        from netspec.compiler import compile

        advise(compile(asked.source))
    found = room.sweep(
        asked, folder, Means(data_dir, device), workers,
        lambda one: put(line(one, goes_by), err=format is not _DEFAULT),
    )  # fmt: skip
    if room.PARENT in os.environ:
        return None
    put("\n" * (format is _DEFAULT) + shown.render(found, look(sys.stdout)))
    if not any(one.state == "finished" for one in found.trials):
        raise NetspecError("no trial has finished", "what each says stands above")
    return None


def _held_back(source: Source, *, expect: bool) -> Source:
    """The spec as it is trained, which never chooses by the test set."""
    from netspec.compiler import compile
    from netspec.language.override import override
    from netspec.search.candidate import without_expectations

    source = source if expect else without_expectations(source)
    if compile(source).train.data.val_fraction is not None:
        return source
    return override(source, "train.data.val_fraction", HELD_BACK)


def _follows(source: Source) -> str:
    """What decides which epoch of a run is the best."""
    from netspec.compiler import compile

    return compile(source).task.traits.follows.name


def _share(workers: int) -> int:
    """Threads of each of so many processes."""
    from netspec.runner.machine.threads import cores

    return max(1, cores() // workers)
