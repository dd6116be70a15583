"""Everything there is to say about a spec: what the compiler finds, and what the rules find."""

from __future__ import annotations

import os
from collections.abc import Sequence

from netspec import compiler, rules, source
from netspec.compiler.findings import place, shown
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, SpecError
from netspec.source import Source


class Report:
    """A spec with its figures and findings.

    `path` is what messages call the spec, and `text` what it says, as far as it can be shown: None
    where it cannot be read. `plan` has every figure of the network, such as
    `plan.totals.params`, and is None where the network has an error. `diagnostics` are the findings
    in the order of the file: errors, warnings and notes, each with its code, its place and a way
    out.
    """

    def __init__(
        self,
        path: str,
        plan: Plan | None,
        diagnostics: list[Diagnostic],
        text: str | None = None,
    ) -> None:
        self.path, self.plan, self.diagnostics, self.text = path, plan, diagnostics, text

    @property
    def failed(self) -> bool:
        """Whether the spec has an error."""
        return any(found.severity == "error" for found in self.diagnostics)


def check(path: str | os.PathLike[str]) -> Report:
    """The report on a spec file; UsageError where it cannot be read."""
    return read(source.read_bytes(path), source.name_of(path))


def read(text: str | bytes, path: str) -> Report:
    """The report on the text of a spec; `path` is what messages call it."""
    try:
        return examine(source.parse(text, path))
    except SpecError as error:
        return Report(path, None, error.diagnostics, error.text)


def examine(text: Source) -> Report:
    """The report on a spec that is read already."""
    plan, found, whole = compiler.examine(text)
    # Without its audit section a spec would be told of what it says to ignore.
    told = findings(plan, found) if plan is not None and whole else shown(found)
    return Report(text.path, plan, told, text.text)


def findings(plan: Plan, errors: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """What the rules find in a plan, among the errors of its spec, in the order of the file."""
    return shown(sorted([*errors, *rules.run(plan)], key=place))
