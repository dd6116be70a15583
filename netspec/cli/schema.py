"""netspec schema."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of spec files, for editors."""
    from netspec.pages.schema import text

    typer.echo(text(), nl=False)
