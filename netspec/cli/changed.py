"""--set: a spec with some of its values changed, and errors shown in the text that came out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from netspec.cli.check import colored, width
from netspec.diagnostic import SpecError, UsageError

if TYPE_CHECKING:
    from netspec.source import Source


def changed(spec: Path, changes: Sequence[str]) -> Source:
    """Read a spec and set each `key=value`."""
    from netspec.language.override import override
    from netspec.source import read

    source = read(spec)
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"--set {change}: no value", "write --set key=value")
        source = override(source, key.strip(), value)
    return source


@contextmanager
def shown(source: Source) -> Iterator[None]:
    """Show errors of a spec in its text, which is not the file's, and exit as they say."""
    from netspec.render import snippet

    try:
        yield
    except SpecError as error:
        for found in error.diagnostics:
            text = snippet.render(found, source.text, colored(sys.stderr), width(sys.stderr))
            typer.echo(text, err=True)
        raise typer.Exit(error.exit_code) from None
