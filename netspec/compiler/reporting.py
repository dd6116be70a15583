"""Faults of what is compiled, reported at their places."""

from collections.abc import Mapping

from netspec.compiler.findings import Findings, Trace
from netspec.compiler.frame import Reported
from netspec.diagnostic import Fault, Path


class Reporting:
    """Reports a Fault raised in its block and raises Reported in its place.

    A class, since a walk goes through hundreds, and those of contextlib cost several times as much.
    """

    __slots__ = ("_findings", "_layer", "_path", "_places", "_trace")

    def __init__(
        self,
        findings: Findings,
        path: Path,
        trace: Trace,
        layer: str | None,
        places: Mapping[str, Path] | None,
    ) -> None:
        """At a path; with `places`, at that of the argument to blame."""
        self._findings, self._path, self._trace = findings, path, trace
        self._layer, self._places = layer, places

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if not isinstance(fault, Fault):
            return
        if self._places is not None:
            place = self._places.get(str(fault.at[0])) if fault.at else None
            # An argument that is not written down: the layer itself is to blame.
            fault.key = place is None
            fault.at = () if place is None else (*place, *fault.at[1:])
        self._findings.report(fault, self._path, self._trace, self._layer)
        raise Reported from None
