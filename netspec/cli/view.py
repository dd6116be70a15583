"""netspec view."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netspec import report, source
from netspec.cli import complete, viewed
from netspec.cli.changed import changed
from netspec.cli.options import Changes, Device, RunsDir
from netspec.cli.terminal import show, tell
from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.render.page import render


def view(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|RUN",
            help="A spec, - for standard input, or a run: its folder, or a name such as mnist for "
            "its latest one.",
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
    open: Annotated[bool, typer.Option("--open", help="Show it in the web browser.")] = False,
    set: Changes = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            help="Ask the best weights of a run again, on the images of the data set in this "
            "folder; needs torch.",
            show_default=False,
        ),
    ] = None,
    device: Device = "auto",
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Draw a network as one HTML file: its layers, and exactly what each unit reads.

    Of a run it has the curves, what was taken for what with the images behind it, and the settings
    as well.

    It loads nothing and needs no torch. Exits with 0, with 1 if the spec has an error, 2 if a file
    cannot be read or written.
    """
    if out:
        output.free(out)
    run = None if spec == "-" else viewed.named(spec, runs_dir)
    if run:
        if set:
            raise UsageError("a run has its settings", "--set is for a spec")
        page = viewed.page(run, data_dir, device)
    else:
        if data_dir:
            raise UsageError("a spec has no answers", "--data-dir is for a run")
        page = _of_spec(spec, set or [])
    if open and not out:
        from tempfile import mkdtemp

        out = Path(mkdtemp(prefix="netspec-")) / "view.html"
    if not out:
        typer.echo(page, nl=False)
        return
    output.write(out, page.encode())
    tell(f"{out.as_posix()}: {len(page.encode()) / 1000:,.0f} kB")
    if open:
        import webbrowser

        webbrowser.open(out.resolve().as_uri())


def _of_spec(spec: str, changes: list[str]) -> str:
    """The page of a spec; shows what is wrong with it, and ends."""
    if spec == "-":
        text = sys.stdin.buffer.read(source.MAX_BYTES + 1) if sys.stdin else b""
        read = changed(source.parse(text, "stdin.yaml"), changes)
    else:
        read = changed(Path(spec), changes)
    found = report.examine(read)
    if found.failed or found.plan is None:
        show(found.diagnostics, found.text)
        raise typer.Exit(1)
    return render(found.plan, found.diagnostics)
