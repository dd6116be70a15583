"""netspec rule and netspec rules."""

from __future__ import annotations

from typing import Annotated

import typer

from netspec.cli import complete
from netspec.cli.terminal import put
from netspec.diagnostic import UsageError, nearest


def rule(
    name: Annotated[
        str,
        typer.Argument(
            help="A rule such as bias-before-norm, or any other code that a finding has.",
            autocompletion=complete.codes,
        ),
    ],
) -> None:
    """Explain a rule or another code of a finding, with a bad and a good spec."""
    from netspec.pages.codes import codes, page

    if name not in codes():
        hint = nearest(name, codes()) or "netspec rules lists the rules"
        raise UsageError(f"no rule is called '{name}'", hint)
    put(page(name).text)


def rules() -> None:
    """List the audit rules: name, severity, what each flags."""
    from netspec import rules
    from netspec.render.columns import columns

    found = [rules.find(name) for name in rules.names()]
    rows = [(rule.name, rule.severity, rule.summary) for rule in found]
    put("\n".join(columns(rows, "<<<")))
