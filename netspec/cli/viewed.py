"""What `netspec view` is given that is no spec: a run."""

from __future__ import annotations

from pathlib import Path

from netspec import report, source
from netspec.cli.extra import note, torch_for
from netspec.diagnostic import SpecError, UsageError, nearest
from netspec.render.run.page import render
from netspec.runs import past
from netspec.runs.answers import Answers
from netspec.runs.whole import whole
from netspec.source.files import is_spec


def named(given: str, runs_dir: Path) -> Path | None:
    """The folder of the run that is meant, None where it is a spec.

    Raises UsageError where it can be both, or neither.
    """
    path = Path(given)
    try:
        run = past.find(given, runs_dir)
    except UsageError:
        run = None
    if path.exists() and not path.is_dir():
        if run and "/" not in given:
            hint = f"./{given} is the file, {run.as_posix()} the run"
            raise UsageError(f"'{given}' is a file and a run", hint)
        return None
    if run or is_spec(given):
        return run
    if path.is_dir():
        hint = f"name a file in it, or a folder such as {runs_dir.as_posix()}/mnist/1"
        raise UsageError(f"{path.as_posix()} is neither a spec nor a run", hint)
    around = [*Path().glob("*.yaml"), *Path("specs").glob("*.yaml")]
    known = [entry.name for entry in runs_dir.iterdir()] if runs_dir.is_dir() else []
    way = nearest(given, [*known, *(one.as_posix() for one in around)])
    raise UsageError(
        f"no spec and no run called '{given}'",
        way or f"a spec is a file, a run a folder such as {runs_dir.as_posix()}/mnist/1",
    )


def page(folder: Path, data_dir: Path | None, device: str, image: str | None = None) -> str:
    """The page of a run; with a folder of data its best weights are asked again.

    `image` is the address of one to show beside its own.
    """
    asked = _asked(folder, data_dir, device) if data_dir else None
    run = whole(folder)  # which may have gone on meanwhile
    if data_dir:
        if asked is None:
            note("this task has no classes that one could be taken for another: no answers to show")
        run = run._replace(answers=asked and asked._replace(epoch=run.best or 0), note="")
    elif not run.answers and not run.note:
        run = run._replace(note=_WITHOUT)
    try:
        found = report.examine(source.load(folder / "spec.yaml"))
    except SpecError as error:
        return render(run, None, error.diagnostics)
    return render(run, found.plan, found.diagnostics, image)


_WITHOUT = (
    "The run keeps no answers: it has not ended, or it was made without pictures; "
    "with --data-dir DIR its best weights are asked again"
)


def _asked(folder: Path, data_dir: Path, device: str) -> Answers | None:
    """What the best weights, of whatever epoch, say of the images they are judged on."""
    with torch_for("view --data-dir"):
        from netspec.runner.after.eval import data_of, judge
        from netspec.runner.after.trained import open_run
    trained = open_run(folder, device, note)
    return judge(trained, *data_of(trained, data_dir)).kept(0)


def swept(place: str) -> Path | None:
    """The folder of a sweep, None where it is none."""
    folder = Path(place)
    return folder if (folder / "sweep.json").is_file() else None


def sweep(folder: Path) -> str:
    """Its page."""
    from netspec.cli.extra import torch_for
    from netspec.render import renderer

    with torch_for("a sweep", "sweep"):
        from netspec.sweep.sweep import look
    page: str = renderer("sweep", "html").render(look(folder, folder.name, ""))
    return page
