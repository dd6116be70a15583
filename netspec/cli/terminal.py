"""What is known of the streams that a command writes to, and findings shown on one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import typer

from netspec.diagnostic import Diagnostic
from netspec.render.look import Look
from netspec.render.safe import escape


def look(stream: TextIO | None) -> Look:
    """What can be shown on a stream."""
    return Look(colored(stream), width(stream))


def colored(stream: TextIO | None) -> bool:
    """Whether to colour what is printed: on a terminal, unless the usual variables say otherwise.

    NO_COLOR comes first, then FORCE_COLOR, then TERM=dumb; empty is as good as not set.
    """
    told = os.environ.get
    if stream is None or told("NO_COLOR"):
        return False
    if forced := told("FORCE_COLOR"):
        return forced != "0"
    return told("TERM") != "dumb" and stream.isatty()


def width(stream: TextIO | None) -> int | None:
    """Columns of the terminal; None where there is none."""
    try:
        # A terminal that does not know its own says 0.
        return (stream and os.get_terminal_size(stream.fileno()).columns) or None
    except (OSError, ValueError):
        return None


def put(text: str, err: bool = False) -> None:
    """Print what a renderer has made, whose colours are meant."""
    typer.echo(text, err=err, color=True)


def tell(words: str, err: bool = False) -> None:
    """Print a sentence, whatever names and paths are in it, on one line."""
    typer.echo(escape(words), err=err)


def show(found: Iterable[Diagnostic], spec: str | None) -> None:
    """Print findings to standard error, with the lines of the spec's text that they are about."""
    from netspec.render.snippet import render

    for one in found:
        put(render(one, spec, *look(sys.stderr)), err=True)
