"""Spec → Plan: variables, blocks and repeats expanded, every fact worked out without torch."""

import os
from contextlib import suppress
from typing import NamedTuple

from netspec import source
from netspec.compiler import document, walk
from netspec.compiler.findings import Enough, Findings, shown
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic, SpecError
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


def examine(text: Source) -> Compiled:
    """The plan of a spec as far as there is one, and everything that is wrong with it."""
    findings = Findings(text)
    found = plan = None
    with suppress(Enough):
        found = document.read(findings)
        plan = found and walk.plan(found, findings)
    return Compiled(plan, findings.all(), bool(found and found.whole), findings.reached)


def compile(spec: str | os.PathLike[str] | Source) -> Plan:
    """The plan of a spec file; SpecError where it has errors, UsageError where it is unreadable."""
    text = spec if isinstance(spec, Source) else source.load(spec)
    compiled = examine(text)
    if compiled.plan is None or compiled.diagnostics:
        raise SpecError(shown(compiled.diagnostics), text.text)
    return compiled.plan
