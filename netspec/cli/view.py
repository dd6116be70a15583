"""netspec view."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from netspec import report, source
from netspec.cli import complete, viewed
from netspec.cli.changed import changed
from netspec.cli.extra import note
from netspec.cli.options import Changes, Device, RunsDir
from netspec.cli.terminal import show, tell
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render import formats, renderer
from netspec.render.drawing.part import SHOWN
from netspec.runs import sample

Format = StrEnum("Format", formats("view"))  # type: ignore[misc]
_DEFAULT = next(iter(Format))


def view(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|RUN|SWEEP",
            help="A spec, - for standard input, a run: its folder, or a name such as mnist for "
            "its latest one, or the folder of a sweep.",
            show_default=False,
            autocompletion=complete.runs,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The file to write; default: standard output.", show_default=False
        ),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="A page in which units can be picked, or the drawing alone; PNG needs "
            f"matplotlib. Default: what the file's suffix says, else {_DEFAULT}.",
            show_default=False,
        ),
    ] = None,
    boxes: Annotated[
        int,
        typer.Option(min=1, max=10_000, help="Boxes to draw at most; blocks are folded for it."),
    ] = SHOWN,
    open: Annotated[bool, typer.Option("--open", help="Show it in the web browser.")] = False,
    set: Changes = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            help="Folder that holds the data set, of which the page shows an image under the "
            "pixels; default: data, where it has one. Of a run the best weights are asked again, "
            "which needs torch.",
            show_default=False,
        ),
    ] = None,
    image: Annotated[
        Path | None, typer.Option(help="An image to show in its place.", show_default=False)
    ] = None,
    device: Device = "auto",
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Draw a network: its layers, and in an HTML page exactly what each unit reads.

    The page of a run has its curves, what was taken for what with the images behind it, and its
    settings as well; that of a sweep its trials across what was varied.

    The page loads nothing and needs no torch. Exits with 0, with 1 if the spec has an error, 2 if a
    file cannot be read or written.
    """
    if out:
        output.free(out)
    form = format or _meant(out)
    if image and form != _DEFAULT:
        raise UsageError(f"--image is for {_DEFAULT}, not for {form}", "leave it out")
    shown = sample.of_file(image) if image else None
    sweep = viewed.swept(spec)
    run = None if spec == "-" or sweep else viewed.named(spec, runs_dir)
    if sweep and (set or image or form != _DEFAULT):
        raise UsageError("a sweep is shown as a page, and as it is", "give --out and --open alone")
    if run and set:
        raise UsageError("a run has its settings", "--set is for a spec")
    if sweep:
        drawn = viewed.sweep(sweep).encode()
    elif run and form == _DEFAULT:
        drawn = viewed.page(run, data_dir, device, shown).encode()
    else:
        found = _examined(str(run / "spec.yaml") if run else spec, set or [])
        assert found.plan
        if form == _DEFAULT and not shown:
            shown = _sample(found.plan, data_dir)
        drawn = renderer("view", form).render(found.plan, found.diagnostics, shown, boxes)
    if open and not out:
        from tempfile import mkdtemp

        out = Path(mkdtemp(prefix="netspec-")) / f"view.{form}"
    if not out:
        if form == "png" and sys.stdout.isatty():
            raise UsageError("a PNG file is not for a terminal", "-o net.png")
        sys.stdout.buffer.write(drawn)
        return
    output.write(out, drawn)
    tell(f"{out.as_posix()}: {len(drawn) / 1000:,.0f} kB")
    if open:
        import webbrowser

        webbrowser.open(out.resolve().as_uri())


def _examined(spec: str, changes: list[str]) -> report.Report:
    """A spec that has no error; one that has is shown, and that is the end."""
    if spec == "-":
        text = sys.stdin.buffer.read(source.MAX_BYTES + 1) if sys.stdin else b""
        read = changed(source.parse(text, "stdin.yaml"), changes)
    else:
        read = changed(Path(spec), changes)
    found = report.examine(read)
    if found.failed or found.plan is None:
        show(found.diagnostics, found.text)
        raise typer.Exit(1)
    return found


def _meant(out: Path | None) -> str:
    """The format that a file's suffix says."""
    suffix = out.suffix[1:].lower() if out else ""
    return suffix if suffix in list(Format) else _DEFAULT


def _sample(plan: Plan, data_dir: Path | None) -> str | None:
    """An image of the data set that a spec is trained on; says where one that is named is not."""
    if plan.spec.train is None or len(plan.input) != 3:
        return None
    data = plan.spec.train.data
    found = sample.of(data, data_dir or Path("data"))
    if data_dir and not found:
        name, where = data.dataset.name, data_dir.as_posix()
        note(f"no image of {name} in {where} that can be read without torch; --image names one")
    return found
