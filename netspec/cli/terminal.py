"""What is known of the streams that a command writes to, and findings shown on one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import typer

from netspec.diagnostic import Diagnostic


def colored(stream: TextIO | None) -> bool:
    """Whether to colour what is printed: on a terminal, unless NO_COLOR says no."""
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def width(stream: TextIO | None) -> int | None:
    """Columns of the terminal; None where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream else None
    except (OSError, ValueError):
        return None


def show(found: Iterable[Diagnostic], spec: str | None) -> None:
    """Print findings to standard error, with the lines of the spec's text that they are about."""
    from netspec.render.snippet import render

    for one in found:
        typer.echo(render(one, spec, colored(sys.stderr), width(sys.stderr)), err=True)
