"""What `$name` means at each point of a space."""

from __future__ import annotations

from typing import Any

from netspec.compiler import document
from netspec.compiler.document import Scope
from netspec.compiler.findings import Findings
from netspec.diagnostic import Diagnostic, Fault
from netspec.language import uses
from netspec.language.expression import resolve
from netspec.search.candidate import bound
from netspec.search.parts import Refused
from netspec.search.reach import Reach, pick
from netspec.search.space import Point, Space
from netspec.source import Source


class Variables:
    """What `$name` means at each point."""

    def __init__(self, source: Source, space: Space, reach: Reach) -> None:
        self.source, self.space = source, space
        given = reach.data.get("vars") or {}
        self._picks = {name: pick(reach.part(("vars", name))) for name in given}
        self._known: dict[tuple[str, Point], Any] = {}
        texts = {
            name: [value, *(v for i in reach.part(("vars", name)) for v in space.axes[i].values)]
            for name, value in given.items()
        }  # fmt: skip
        self._worked_out = [name for name, one in texts.items() if any(uses.variables(one))]

    def check(self, point: Point) -> None:
        """Refuse a point at which a variable comes to nothing."""
        for name in self._worked_out:
            if (name, self._picks[name](point)) not in self._known:
                self.scope(point)
            found = self._known[name, self._picks[name](point)]
            if isinstance(found, Diagnostic):
                raise Refused(found)

    def scope(self, point: Point) -> Scope:
        """What names mean at a point."""
        scope: dict[str, Any] = {}
        data = None
        for name, chosen in self._picks.items():
            key = (name, chosen(point))
            if key not in self._known:
                data = data or bound(self.source, self.space, point)
                try:
                    self._known[key] = resolve(data.data["vars"][name], scope, ("vars", name))
                except Fault:
                    findings = Findings(data)
                    document.read(findings)
                    self._known[key] = findings.all()[0]
            scope[name] = self._known[key]
        return scope
