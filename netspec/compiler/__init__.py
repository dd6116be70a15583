"""Spec → Plan: variables, blocks and repeats expanded, every fact worked out without torch."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from netspec.compiler import document, walk
from netspec.compiler.findings import Enough, Findings, shown
from netspec.compiler.node import Made, Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, Path, SpecError
from netspec.language.given import Spec, given
from netspec.source import Source


class Compiled(NamedTuple):
    """What the compiler makes of a spec, before any rule has looked at it."""

    plan: Plan | None
    """None where its network has an error."""
    diagnostics: list[Diagnostic]
    whole: bool
    """Whether every section of the document could be read."""
    reached: list[Node]
    """Without a plan, the layers before the mistake that the network ends at."""
    made: dict[Path, list[Made]]
    """What entries and bodies of composites came to, each time that they ran."""


def examine(text: Source) -> Compiled:
    """The plan of a spec as far as there is one, and everything that is wrong with it."""
    findings = Findings(text)
    found = plan = None
    with suppress(Enough):
        found = document.read(findings)
        plan = found and walk.plan(found, findings)
    return Compiled(
        plan, findings.all(), bool(found and found.whole), findings.reached, findings.made
    )


def compile(
    spec: Spec | None = None, *, text: str | None = None, vars: Mapping[str, Any] | None = None
) -> Plan:
    """The plan of a spec: of a file, of a mapping that says the same, or of a `text`.

    `vars` gives other values for variables that the spec has. Raises SpecError where the spec has
    errors, UsageError where it is unreadable or lacks one of the variables.
    """
    read = given(spec, text=text, vars=vars)
    compiled = examine(read)
    if compiled.plan is None or compiled.diagnostics:
        raise SpecError(shown(compiled.diagnostics), read.text)
    return compiled.plan
