"""What `netspec eval --erf` draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.cli.extra import note
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render.safe import escape
from netspec.runs import past
from netspec.runs.effective import EffectiveFields

if TYPE_CHECKING:
    from netspec.compiler.node import Node
    from netspec.compiler.plan import Plan
    from netspec.runner.after.trained import Trained
    from netspec.runner.tasks.base import Judging


def place(folder: Path, out: Path | None) -> Path:
    """The file of the picture: in the folder of a run where no other is named."""
    if out is None and not folder.is_dir():
        raise UsageError("a spec has no folder for the picture of --erf", "--out erf.png")
    path = out or folder / "erf.png"
    output.free(path)
    return path


def chosen(plan: Plan, names: str | None) -> list[Node]:
    """The layers of --layers, or those that are looked at where it is left out."""
    from netspec.runner.after import erf

    return erf.chosen(plan, [name.strip() for name in (names or "").split(",") if name.strip()])


def draw(
    run: Trained, answers: Judging, path: Path, layers: Sequence[Node], images: int | None
) -> EffectiveFields:
    """Effective receptive fields over the images of some answers, drawn into a file."""
    from netspec.runner.after.erf import IMAGES, effective
    from netspec.runner.after.heat import heat

    begun = past.environment(run.folder).get("weights")
    if isinstance(begun, dict):
        told = escape(str(begun.get("file")))
        note(f"the run began with weights of {told}: those before training are the seed's")
    fields, maps = effective(run, answers.images, layers, images or IMAGES, path)
    about = f"{run.plan.name}, {fields.images} {answers.judgement.part} {answers.judgement.what}"
    heat(path, f"{about}: mean absolute gradient of centre units", maps)
    return fields
