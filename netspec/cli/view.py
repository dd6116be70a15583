"""netspec view."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netspec import report, source
from netspec.cli.changed import changed
from netspec.cli.options import Changes
from netspec.cli.terminal import show, tell
from netspec.disk import output
from netspec.render.page import render


def view(
    spec: Annotated[
        str,
        typer.Argument(metavar="SPEC", help="A spec, or - for standard input.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The file to write; default: standard output.", show_default=False
        ),
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Show it in the web browser.")] = False,
    set: Changes = None,
) -> None:
    """Draw a network as one HTML file: its layers, and exactly what each unit reads.

    It loads nothing and needs no torch. Exits with 0, with 1 if the spec has an error, 2 if a file
    cannot be read or written.
    """
    if out:
        output.free(out)
    if spec == "-":
        text = sys.stdin.buffer.read(source.MAX_BYTES + 1) if sys.stdin else b""
        read = changed(source.parse(text, "stdin.yaml"), set or ())
    else:
        read = changed(Path(spec), set or ())
    found = report.examine(read)
    if found.failed or found.plan is None:
        show(found.diagnostics, found.text)
        raise typer.Exit(1)
    page = render(found.plan, found.diagnostics)
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
