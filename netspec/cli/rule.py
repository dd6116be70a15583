"""netspec rule and netspec rules."""

from __future__ import annotations

from typing import Annotated

import typer

from netspec.diagnostic import UsageError, nearest


def rule(
    name: Annotated[str, typer.Argument(help="A rule, such as bias-before-norm.")],
) -> None:
    """Explain an audit rule, with a bad and a good spec."""
    from netspec import rules
    from netspec.pages.rules import page

    if name not in rules.names():
        hint = nearest(name, rules.names()) or "netspec rules lists them"
        raise UsageError(f"no rule is called '{name}'", hint)
    typer.echo(page(rules.find(name)))


def rules() -> None:
    """List the audit rules: name, severity, what each flags."""
    from netspec import rules
    from netspec.render.table import columns

    found = [rules.find(name) for name in rules.names()]
    rows = [(rule.name, rule.severity, rule.summary) for rule in found]
    typer.echo("\n".join(columns(rows, "<<<")))
