"""What a spec says outside its layers, and what its own rules refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netspec.compiler import document
from netspec.compiler.document import Document
from netspec.compiler.findings import Enough, Findings
from netspec.diagnostic import Diagnostic, Fault
from netspec.flow.flow import Flow
from netspec.flow.work import Work
from netspec.language import uses
from netspec.search.bounds import Bound, Figures, budgets
from netspec.search.candidate import bound, errors, plan_of
from netspec.search.parts import Refused
from netspec.search.reach import Reach, pick
from netspec.search.space import Point, Space
from netspec.source import Source

_BY_SHAPE = ("wrong-output", "data-mismatch", "unknown-rule")
"""Errors that ask for nothing but the shapes of input and output."""
_BY_SUMS = ("over-budget", "under-budget", *_BY_SHAPE)
_MAX_HEADS = 2000
"""Heads that are kept; then all are read anew."""


class Head(NamedTuple):
    """What a document says outside its layers."""

    document: Document
    x: Flow
    flow: int
    budgets: list[tuple[Bound, Diagnostic]]
    whole: bool
    """Whether rules look at more of a network than its sums and shapes."""
    verdicts: dict[tuple[int, ...], Diagnostic | None]
    """The error that a shape of the output leads to."""


class Heads:
    """The heads of a space, each read once."""

    def __init__(
        self, source: Source, space: Space, reach: Reach, work: Work, number: Callable[[Flow], int]
    ) -> None:
        """`work` is what flows share, and `number` tells which are alike."""
        self.source, self.space, self._work, self._number = source, space, work, number
        self._of_head = pick(reach.sections())
        self._ignores = any(
            "ignore" in {axis.key.rpartition(".")[2], *uses.keys(list(axis.values))}
            for axis in space.axes
        )
        self._heads: dict[Point, Head | Diagnostic] = {}

    def at(self, point: Point) -> Head:
        """The head at a point; Refused where there is a mistake in it."""
        key = self._of_head(point)
        found = self._heads.get(key)
        if found is None:
            if len(self._heads) >= _MAX_HEADS:
                self._heads.clear()
            found = self._heads[key] = self._read(point)
        if isinstance(found, Diagnostic):
            raise Refused(found)
        return found

    def _read(self, point: Point) -> Head | Diagnostic:
        source = bound(self.source, self.space, point)
        findings = Findings(source)
        try:
            read = document.read(findings)
            if read is None or len(findings) or read.input is None:
                return findings.all()[0]
            x = Flow.input(read.input)._replace(work=self._work)
        except Enough:
            return findings.all()[0]
        except Fault as fault:
            findings.report(fault, ("input",))
            return findings.all()[0]
        spec = read.spec
        levels = {rule for rule, level in spec.audit.levels.items() if level == "error"}
        alone = spec.train is not None and spec.train.batch_size == 1
        whole = alone or self._ignores or bool(levels - {*_BY_SUMS})
        missed = [(one, _missed(one, source)) for one in budgets(spec.audit)]
        return Head(read, x, self._number(x), missed, whole, {})

    def audit(self, point: Point, head: Head, found: Figures) -> None:
        """Refuse what the rules of the spec itself would."""
        for budget, missed in head.budgets:
            if budget.lack(found):
                raise Refused(missed)
        if head.whole:
            for error in errors(plan_of(bound(self.source, self.space, point))):
                raise Refused(error)
            return
        if found.output not in head.verdicts:
            plan = plan_of(bound(self.source, self.space, point))
            of_shape = (error for error in errors(plan) if error.code in _BY_SHAPE)
            head.verdicts[found.output] = next(of_shape, None)
        if wrong := head.verdicts[found.output]:
            raise Refused(wrong)


def _missed(budget: Bound, source: Source) -> Diagnostic:
    code = "over-budget" if budget.operator == "<=" else "under-budget"
    key = budget.text.split(": ")[1]
    message = f"{code.removesuffix('-budget')} {budget.text.removeprefix('audit: ')}"
    return Diagnostic(code, message, path=source.path, span=source.span(("audit", key)))
