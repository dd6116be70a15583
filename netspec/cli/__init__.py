"""The command line: parse, one call, render, exit code."""
# ruff: noqa: E402

from __future__ import annotations

import gc

# A check is over before a collection would pay for itself; a command that runs longer enables it.
gc.disable()

import os
import sys
from typing import Annotated

import typer

from netspec.cli import check, diff, init, schema, train
from netspec.diagnostic import NetspecError, SpecError

app = typer.Typer(
    name="netspec",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from netspec import __version__

        typer.echo(f"netspec {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Small neural networks as YAML: checked, measured and trained.

    Exit codes: 0 clean; 1 a spec has an error, or a goal was missed; 2 wrong use, or a file that
    cannot be read; 3 a run failed; 130 interrupted.
    """


app.command()(check.check)
app.command()(diff.diff)
app.command()(init.init)
app.command()(train.train)
app.command()(schema.schema)


def main() -> None:
    """Run a command; every error netspec knows becomes one message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # An ASCII terminal gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SpecError as error:
        for found in error.diagnostics:
            typer.echo(check.snippet(found, err=True), err=True)
        sys.exit(error.exit_code)
    except NetspecError as error:
        typer.echo(f"error: {error}", err=True)
        if error.help:
            typer.echo(f"  help: {error.help}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has what they wanted; the rest of it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        # Such as a full disk; what is not written yet cannot be written later either.
        typer.echo(f"error: {error.strerror or error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)
    finally:
        if not gc.isenabled():
            # The interpreter's last collection would walk every object only to free the process.
            gc.freeze()
