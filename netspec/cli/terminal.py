"""What is known of the streams that a command writes to, and errors of a spec shown on one."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import typer

from netspec.diagnostic import SpecError


def colored(stream: TextIO | None) -> bool:
    """Whether to colour what is printed: on a terminal, unless NO_COLOR says no."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def width(stream: TextIO | None) -> int | None:
    """Columns of the terminal; None where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream else None
    except (OSError, ValueError):
        return None


def show(error: SpecError) -> None:
    """Print every finding of an error to standard error, with the lines it is about."""
    from netspec.render.snippet import render

    for found in error.diagnostics:
        text = render(found, error.text, colored(sys.stderr), width(sys.stderr))
        typer.echo(text, err=True)
