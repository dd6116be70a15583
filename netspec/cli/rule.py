"""netspec rule and netspec rules."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from netspec.cli import complete
from netspec.cli.terminal import put
from netspec.diagnostic import UsageError, nearest

Format = StrEnum("Format", ["text", "json"])


def rule(
    name: Annotated[
        str,
        typer.Argument(
            help="A rule such as bias-before-norm, or any other code that a finding has.",
            autocompletion=complete.codes,
        ),
    ],
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format["text"],
) -> None:
    """Explain a rule or another code of a finding, with a bad and a good spec."""
    from netspec.pages.codes import codes, page

    if name not in codes():
        hint = nearest(name, codes()) or "netspec rules lists the rules"
        raise UsageError(f"no rule is called '{name}'", hint)
    if format == "json":
        from netspec.render.machine import own

        put(own(rule=page(name).data))
        return
    put(page(name).text)


def rules(
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format["text"],
) -> None:
    """List the audit rules: name, severity, what each flags."""
    from netspec import rules

    if format == "json":
        from netspec.pages.codes import page
        from netspec.render.machine import own

        put(own(rules=[page(name).data for name in rules.names()]))
        return
    from netspec.render.columns import columns

    found = [rules.find(name) for name in rules.names()]
    rows = [(rule.name, rule.severity, rule.summary) for rule in found]
    put("\n".join(columns(rows, "<<<")))
