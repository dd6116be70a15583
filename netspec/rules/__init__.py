"""Audit rules: one file for each pattern they flag, named for it."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import (
    MAX_MESSAGE,
    MAX_WORD,
    Diagnostic,
    Fix,
    Path,
    Severity,
    nearest,
    short,
)
from netspec.rules._place import Ignore, ignores, written


class Finding(NamedTuple):
    """What a rule flags: in a layer, `at` below its arguments, or without one at a place."""

    message: str
    help: str | None = None
    node: Node | None = None
    at: Path = ()
    """An argument of the layer, such as `("bias",)`; without a layer, a path into the document."""
    wasted: int = 0
    """Parameters that could go, which the message then ends with."""


class Rule(NamedTuple):
    """A file of this folder."""

    name: str
    severity: Severity
    doc: str
    """What it flags, why, and a bad and a good spec."""
    check: Callable[[Plan], Iterator[Finding]]
    fix: Callable[[Plan, list[Finding]], Fix | None] | None
    """What mends all findings about one place, where that is one exact edit."""

    @property
    def summary(self) -> str:
        """What it flags, on one line."""
        return self.doc.partition("\n")[0]


@cache
def names() -> tuple[str, ...]:
    """Names of all rules, in order."""
    files = (file.removesuffix(".py") for file in os.listdir(__path__[0]) if file[-3:] == ".py")
    return tuple(sorted(file.replace("_", "-") for file in files if file[0] != "_"))


@cache
def find(name: str) -> Rule:
    """The rule of that name; LookupError where there is none."""
    if name not in names():
        raise LookupError(name)
    module: Any = import_module(f"netspec.rules.{name.replace('-', '_')}")
    return Rule(name, module.SEVERITY, module.__doc__, module.check, getattr(module, "fix", None))


def run(plan: Plan) -> list[Diagnostic]:
    """What the rules find in a network, and where it says that they need not look."""
    ignored = ignores(plan)
    found = list(_misnamed(plan, ignored))
    for name in names():
        rule = find(name)
        first: dict[object, list[Finding]] = {}
        for finding in rule.check(plan):
            hits = [one for one in ignored if one.covers(name, finding.node)]
            for one in hits:
                one.used = True
            if not hits:
                entry = finding.node and finding.node.path
                first.setdefault((entry, finding.at), []).append(finding)
        severity = plan.spec.audit.levels.get(name, rule.severity)
        found += [_diagnostic(plan, rule, severity, alike) for alike in first.values()]
    return found + list(_unused(plan, ignored))


def _diagnostic(plan: Plan, rule: Rule, severity: Severity, alike: list[Finding]) -> Diagnostic:
    """One mistake as written, in however many layers it ends up."""
    message, hint, node, at, _ = alike[0]
    if wasted := sum(finding.wasted for finding in alike):
        message += f": {wasted:,} parameters wasted"
    if len(alike) > 1:
        message += f" in {len(alike)} layers" if wasted else f" (first of {len(alike)} such layers)"
    return Diagnostic(
        rule.name, short(message, MAX_MESSAGE), severity, hint and short(hint, MAX_MESSAGE),
        plan.source.path,
        written(plan.source, node, at) if node else plan.source.span(at),
        node.name if node else None,
        tuple((block, plan.source.span(use, key=True)) for block, use in node.trace)
        if node else (),
        rule.fix and rule.fix(plan, alike),
    )  # fmt: skip


def _misnamed(plan: Plan, ignored: list[Ignore]) -> Iterator[Diagnostic]:
    wrong = {one.at: one.rule for one in ignored if one.rule not in names()}
    levels = plan.spec.audit.levels
    wrong |= {("audit", "levels", rule): rule for rule in levels if rule not in names()}
    for at, rule in wrong.items():
        from netspec.source.edit import changed

        hint, key = nearest(rule, names()), at[1] == "levels"
        yield Diagnostic(
            "unknown-rule", f"no rule is called '{short(rule, MAX_WORD)}'",
            help=hint or "netspec rules lists them",
            path=plan.source.path, span=plan.source.span(at, key=key),
            fix=changed(plan.source, at, key, hint.change) if hint else None,
        )  # fmt: skip


def _unused(plan: Plan, ignored: list[Ignore]) -> Iterator[Diagnostic]:
    for one in ignored:
        if not one.used and one.rule in names() and one.reached(plan):
            from netspec.source.edit import fix
            from netspec.source.members import removed

            yield Diagnostic(
                "unused-ignore", f"{one.rule} finds nothing here that could be ignored",
                "note", "remove it", plan.source.path, plan.source.span(one.at),
                fix=fix(plan.source, f"do not ignore {one.rule}", removed(plan.source, one.at)),
            )  # fmt: skip
