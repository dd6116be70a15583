"""netspec sweep."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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


class Submit(StrEnum):
    """Where workers are started."""

    slurm = "slurm"
    local = "local"


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
    devices: Annotated[
        int, typer.Option(min=1, max=256, help="Processes of each trial: one for each GPU.")
    ] = 1,
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
    submit: Annotated[
        Submit | None,
        typer.Option(
            help="Start the workers as jobs of Slurm, or in the background here, and come back.",
            show_default=False,
        ),
    ] = None,
    slurm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Of each job, by submitit's names, such as partition=gpu, time=240 (minutes), "
            "gpus_per_node=1 or cpus_per_task=8; repeatable.",
            show_default=False,
        ),
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Keep the study in a PostgreSQL, for machines without a common folder: "
            "postgresql://USER@HOST/DATABASE, with the password in PGPASSWORD or ~/.pgpass.",
            show_default=False,
        ),
    ] = None,
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
    if storage:
        from netspec.sweep.address import checked

        storage = checked(storage)
        with torch_for("--storage", "postgresql"):
            from netspec.sweep import database  # noqa: F401
    job = room.SUBMITTED in os.environ
    chosen = _of_jobs(submit, slurm or ()) if not job else {}
    shown = renderer("sweep", format)
    if status:
        found = room.look(folder, spec.stem, storage or "")
        return put(shown.render(found, look(sys.stdout)))
    source, data_dir = changed_with_data(spec, set or (), data_dir)
    held_back = _held_back(source, expect=expect)
    goes_by = objective or _follows(held_back)
    asked = question.Question(
        spec.stem, source.path, source.text, held_back.text, vary,
        keep or [], trials, sampler, pruner, goes_by, seeds, best, seed,
        threads or _threads(chosen, workers, devices),
        storage or "", devices=devices,
    )  # fmt: skip
    asked.search  # noqa: B018 (which says what is wrong with it)
    if room.PARENT not in os.environ:
        from netspec.compiler import compile

        advise(compile(asked.source))
    aside = format is not _DEFAULT
    if submit and not job:
        from netspec.sweep.submit import submit as start

        room.begin(asked, folder)
        for began in start(submit, chosen, workers, folder, asked.name):
            put(f"job {began.id}: {began.log.as_posix()}", err=aside)
        put(f"netspec sweep {spec} --status --out {folder} shows how it stands", err=aside)
        if aside:
            put(shown.render(room.look(folder, asked.name, asked.storage), look(sys.stdout)))
        return None
    found = room.sweep(
        asked, folder, Means(data_dir, device), 1 if job else workers,
        lambda one: put(line(one, goes_by), err=aside), watched=job,
    )  # fmt: skip
    if room.PARENT in os.environ:
        return None
    put("\n" * (not aside) + shown.render(found, look(sys.stdout)))
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


def _of_jobs(submit: Submit | None, said: Sequence[str]) -> dict[str, Any]:
    """What is asked for each job; UsageError where there can be none."""
    if submit is None:
        if said:
            raise UsageError("--slurm is for --submit slurm", "add that, or leave it out")
        return {}
    with torch_for("--submit", "slurm"):
        from netspec.sweep.submit import settings
    return settings(submit, said)


def _threads(job: Mapping[str, Any], workers: int, devices: int) -> int:
    """Threads of each process: of a job's cores, or of those that others leave here."""
    from netspec.sweep.sweep import PARENT

    if job:
        return max(1, int(job.get("cpus_per_task", 1)) // devices)
    return 1 if PARENT in os.environ else _share(workers * devices)


def _share(processes: int) -> int:
    """Threads of each of so many, of the cores that others leave."""
    from netspec.runner.machine.cores import free
    from netspec.runner.machine.threads import VARIABLE

    said = os.environ.get(VARIABLE, "")
    return int(said) if said.isdecimal() and int(said) else max(1, free() // processes)
