"""netspec playground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netspec.cli.terminal import tell


def playground(
    dest: Annotated[Path, typer.Argument(help="The folder to make.", show_default=False)],
    specs: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Specs, or folders of specs, for the menu; default: those of netspec init.",
            show_default=False,
        ),
    ] = None,
    assets: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to keep what is fetched by npm and pip; once it is there, no network is "
            "needed.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a folder of static files that checks specs in a browser, by netspec itself.

    Any static host can serve it, and it asks for nothing but its own files. Making it takes
    Node.js. Exits with 0, 1 for a spec that is no YAML, 2 for a folder or file that cannot be used,
    3 if something cannot be fetched.
    """
    from netspec.playground.folder import write

    size = write(dest, specs or (), assets)
    tell(f"{dest.as_posix()}: {size / 1000:,.0f} kB; python -m http.server -d {dest.as_posix()}")
