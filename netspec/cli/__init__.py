"""The command line: parse, one call, render, exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from netspec.diagnostic import NetspecError, SpecError, UsageError, nearest

COMMANDS = {
    "check": "check",
    "diff": "diff",
    "rule": "rule",
    "rules": "rule",
    "layer": "layer",
    "layers": "layer",
    "pages": "layer",
    "init": "init",
    "import": "import_",
    "search": "search",
    "train": "train",
    "sweep": "sweep",
    "lr-find": "lr_find",
    "eval": "eval",
    "predict": "predict",
    "runs": "runs",
    "export": "export",
    "view": "view",
    "playground": "playground",
    "schema": "schema",
    "lsp": "lsp",
}
"""Commands by the file that defines them."""


def function(name: str) -> Any:
    """What runs the command of a name."""
    home = import_module(f"netspec.cli.{COMMANDS[name]}")
    # One that is a word of Python's own has a _ behind it.
    return getattr(home, name.replace("-", "_"), None) or getattr(home, f"{name}_")


# typer brings a click of its own, or takes the package: its usage error is this one's base.
_Misuse: Any = typer.BadParameter.__base__
_PLAIN: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None}


class _Lazy(TyperGroup):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            # Whole summaries, which are wrapped where the terminal ends.
            formatter.write_dl([(name, one.get_short_help_str(500)) for name, one in found.items()])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:  # a shell asks for completions
                return None
            hint = nearest(cmd_name, COMMANDS) or f"known here: {', '.join(COMMANDS)}"
            raise UsageError(f"no command is called '{cmd_name}'", hint)
        single = typer.Typer(add_completion=False, **_PLAIN)
        single.command(cmd_name)(function(cmd_name))
        return typer.main.get_command(single)


app = typer.Typer(
    name="netspec",
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 1000},
    **_PLAIN,
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


def main() -> None:
    """Run a command; every error netspec knows becomes one message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # An ASCII terminal gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except _Misuse as error:
        if len(sys.argv) > 1 or not error.ctx:
            _explain(_misuse(error))
        else:
            typer.echo(error.ctx.get_help(), err=True)
        sys.exit(UsageError.exit_code)
    except SpecError as error:
        from netspec.cli.terminal import show

        show(error.diagnostics, error.text)
        sys.exit(error.exit_code)
    except NetspecError as error:
        _explain(error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has what they wanted; the rest of it goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        from netspec.cli.terminal import tell

        # Such as a full disk; what is not written yet cannot be written later either.
        tell(f"error: {error.strerror or error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)


def _explain(error: NetspecError) -> None:
    from netspec.cli.terminal import tell

    tell(f"error: {error}", err=True)
    if error.help:
        tell(f"  help: {error.help}", err=True)


def _misuse(error: Any) -> UsageError:
    """What typer found wrong, in netspec's words."""
    command = error.ctx.command_path if error.ctx else "netspec"
    hint = f"{command} --help says what it takes"
    if hasattr(error, "possibilities"):
        near = nearest(error.option_name, error.possibilities or ())
        return UsageError(f"no option is called '{error.option_name}'", near or hint)
    from netspec.cli.misuse import worded

    return UsageError(worded(error), hint)
