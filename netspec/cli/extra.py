"""What comes with the train extra."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from netspec.diagnostic import NetspecError


@contextmanager
def torch_for(command: str, extra: str = "train") -> Iterator[None]:
    """Import what a command needs of torch in here; says what to install where it is missing."""
    gc.enable()
    try:
        from netspec.runner.machine.process import tune

        tune()  # before torch takes its first blocks and starts its threads
        yield
    except ModuleNotFoundError as error:
        message = f"{command} needs {(error.name or 'torch').partition('.')[0]}"
        raise NetspecError(message, f"pip install 'netspec[{extra}]'") from None


def note(text: str) -> None:
    """Tell people, beside what machines read."""
    typer.echo(f"note: {text}", err=True)
