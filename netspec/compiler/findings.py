"""Faults become diagnostics: path and span are added here, once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import SEVERITIES, Diagnostic, Fault, Path, Severity
from netspec.language.validation import faults
from netspec.source import Source

Trace = tuple[tuple[str, Path], ...]
"""Uses of blocks that led to a place, innermost first: the block, and the path of the use."""


MAX_SHOWN = 100
"""Findings of a severity that are shown of a spec."""
MAX_FOUND = 300
"""Errors after which nothing more is looked for."""


class Enough(Exception):
    """There are more mistakes than anybody wants to read about."""


class Findings:
    """What was found in one spec, one diagnostic for each mistake."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self.reached: list[Any] = []
        """The layers before the mistake that the network ends at."""

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> list[Diagnostic]:
        """Everything that was found, in the order of the file."""
        return sorted(self._found.values(), key=place)

    def report(self, fault: Fault, path: Path, trace: Trace = (), layer: str | None = None) -> None:
        """Keep a fault found at a path of the document; the same one twice is one.

        Raises Enough where there are too many.
        """
        if len(self._found) >= MAX_FOUND:
            raise Enough
        span = self.source.span((*path, *fault.at), key=fault.key)
        uses = tuple((block, self.source.span(at, key=True)) for block, at in trace)
        found = Diagnostic(
            fault.code, fault.message, help=fault.help, path=self.source.path, span=span,
            layer=layer, trace=uses,
        )  # fmt: skip
        self._found.setdefault((fault.code, span, fault.message), found)

    def report_all(
        self,
        error: ValidationError,
        model: type[BaseModel],
        what: str,
        path: Path,
        trace: Trace = (),
        places: Mapping[str, Path] | None = None,
    ) -> None:
        """Keep what pydantic says about a mapping at a path; `places` tells where each key is."""
        for fault in faults(error, model, what):
            if places is not None and fault.at:
                first, *rest = fault.at
                fault.at = (*places.get(str(first), (first,)), *rest)
            self.report(fault, path, trace)


def place(found: Diagnostic) -> tuple[int, int]:
    """Line and column of a finding, to sort by."""
    return (found.span.line, found.span.column) if found.span else (0, 0)


def shown(found: list[Diagnostic]) -> list[Diagnostic]:
    """The first findings of each severity, and a last one that counts those left out."""
    number, kept = Counter[Severity](), []
    for one in found:
        number[one.severity] += 1
        if number[one.severity] <= MAX_SHOWN:
            kept.append(one)
    cut: list[Severity] = [severity for severity in SEVERITIES if number[severity] > MAX_SHOWN]
    if not cut:
        return kept
    counts = []
    for severity in cut:
        more = number[severity] - MAX_SHOWN
        unknown = " or more" if severity == "error" and number[severity] >= MAX_FOUND else ""
        counts.append(f"{more:,}{unknown} {severity}{'s' * (more != 1)}")
    message = f"{' and '.join(counts)} are left out"
    help = "mend those above first"
    return [*kept, Diagnostic("too-many-findings", message, cut[0], help, kept[0].path)]
