"""Everything there is to say about a spec: what the compiler finds, and what the rules find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from netspec import compiler, rules, source
from netspec.compiler.findings import place, shown
from netspec.compiler.node import Made, Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import SEVERITIES, Diagnostic, Path, SpecError
from netspec.language.given import Spec, given, name_of
from netspec.source import Source


class Report:
    """A spec with its figures and findings.

    `path` is what messages call the spec, and `text` what it says, as far as it can be shown: None
    where it cannot be read. `plan` has every figure of the network, such as
    `plan.totals.params`, and is None where the network has an error. `diagnostics` are the findings
    in the order of the file: errors, warnings and notes, each with its code, its place and a way
    out. `reached` are the layers before the first mistake, where there is no plan. `made` has, by
    the path of an entry, what it came to each time that it ran.
    """

    def __init__(
        self,
        path: str,
        plan: Plan | None,
        diagnostics: list[Diagnostic],
        text: str | None = None,
        reached: Sequence[Node] = (),
        made: Mapping[Path, list[Made]] | None = None,
    ) -> None:
        self.path, self.plan, self.diagnostics, self.text = path, plan, diagnostics, text
        self.reached, self.made = reached, made or {}

    @property
    def failed(self) -> bool:
        """Whether the spec has an error."""
        return any(found.severity == "error" for found in self.diagnostics)

    def __repr__(self) -> str:
        number = Counter(found.severity for found in self.diagnostics)
        counts = [
            f"{number[one]} {one}{'s' * (number[one] > 1)}" for one in SEVERITIES if number[one]
        ]
        params = [f"{self.plan.totals.params:,} params"] if self.plan else []
        return f"<Report {self.path}: {', '.join([*params, *(counts or ['no findings'])])}>"

    def __str__(self) -> str:
        from netspec.render.report import full, whole

        return full.render([self], whole())

    def _repr_html_(self) -> str:
        from netspec.render import notebook

        return notebook.report(self)


def check(
    spec: Spec | None = None, *, text: str | None = None, vars: Mapping[str, Any] | None = None
) -> Report:
    """The report on a spec: on a file, on a mapping that says the same, or on a `text`.

    `vars` gives other values for variables that the spec has. Raises UsageError where the file
    cannot be read, or the spec lacks one of the variables.
    """
    try:
        return examine(given(spec, text=text, vars=vars))
    except SpecError as error:
        return Report(name_of(spec), None, error.diagnostics, error.text)


def read(text: str | bytes, path: str) -> Report:
    """The report on the text of a spec; `path` is what messages call it."""
    try:
        return examine(source.parse(text, path))
    except SpecError as error:
        return Report(path, None, error.diagnostics, error.text)


def examine(text: Source) -> Report:
    """The report on a spec that is read already."""
    plan, found, whole, reached, made = compiler.examine(text)
    # Without its audit section a spec would be told of what it says to ignore.
    told = findings(plan, found) if plan is not None and whole else shown(found)
    return Report(text.path, plan, told, text.text, reached, made)


def findings(plan: Plan, errors: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """What the rules find in a plan, among the errors of its spec, in the order of the file."""
    return shown(sorted([*errors, *rules.run(plan)], key=place))
