"""netspec schema."""

from __future__ import annotations

import typer


def schema() -> None:
    """Print the JSON Schema of spec files, for editors."""
    import json

    from netspec.schema import schema

    typer.echo(json.dumps(schema(), indent=2))
