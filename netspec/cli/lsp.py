"""netspec lsp."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from netspec.cli.extra import note
from netspec.diagnostic import NetspecError


def lsp(
    stdio: Annotated[
        bool, typer.Option("--stdio", help="What it does anyway: many editors ask for it.")
    ] = True,
) -> None:
    """Serve an editor: hints, findings, hovers, completion over standard input and output."""
    try:
        from netspec.lsp.serve import serve
    except ModuleNotFoundError as error:
        message = f"lsp needs {(error.name or 'pygls').partition('.')[0]}"
        raise NetspecError(message, "pip install 'netspec[lsp]'") from None
    if sys.stdin.isatty():
        note("an editor starts this and speaks the Language Server Protocol to it")
    gc.freeze()
    gc.enable()
    serve()
