"""Faults become diagnostics: path and span are added here, once."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import Diagnostic, Fault, Path
from netspec.language.validation import faults
from netspec.source import Source

Trace = tuple[tuple[str, Path], ...]
"""Uses of blocks that led to a place, innermost first: the block, and the path of the use."""


class Findings:
    """What was found in one spec, one diagnostic for each mistake."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: dict[tuple[object, ...], Diagnostic] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> list[Diagnostic]:
        """Everything that was found, in the order of the file."""
        return sorted(self._found.values(), key=place)

    def report(self, fault: Fault, path: Path, trace: Trace = (), layer: str | None = None) -> None:
        """Keep a fault found at a path of the document; the same one twice is one."""
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
