"""Faults become diagnostics: path and span are added here, once."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import SEVERITIES, Diagnostic, Fault, Follows, Path, Severity, Span
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
        self.moved: dict[str, str] = {}
        """Sections that are written under another key."""
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self.reached: list[Any] = []
        """The layers before the mistake that the network ends at."""

    def __len__(self) -> int:
        return len(self._found)

    def since(self, first: int) -> list[Diagnostic]:
        """Those that came after the first ones, in the order in which they were found."""
        return list(self._found.values())[first:]

    def all(self) -> list[Diagnostic]:
        """Everything that was found, in the order of the file."""
        return sorted(self._found.values(), key=place)

    def report(self, fault: Fault, path: Path, trace: Trace = (), layer: str | None = None) -> bool:
        """Keep a fault found at a path of the document; the same one twice is one.

        Whether there is an odd character in its place. Raises Enough where there are too many.
        """
        if isinstance(fault, Follows):
            return False
        if len(self._found) >= MAX_FOUND:
            raise Enough
        at = (*path, *fault.at)
        span = self._span(at, fault.key)
        if not self.source.text.isascii():
            from netspec.source.characters import odd

            if found := odd(self.source, self._moved(at), fault.key):
                fault, span = Fault("odd-character", *found[0]), found[1]
        uses = tuple((block, self._span(at, key=True)) for block, at in trace)
        diagnostic = Diagnostic(
            fault.code, fault.message, help=fault.help, path=self.source.path, span=span,
            layer=layer, trace=uses,
        )  # fmt: skip
        self._found.setdefault((fault.code, span, fault.message), diagnostic)
        return fault.code == "odd-character"

    def _of_expression(self, help: str, path: Path) -> str:
        """What to write where the value at a path is that of an expression."""
        value = self.source.data
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):
                return help
        if not isinstance(value, str) or not value.startswith("$") or help[:6] != "write ":
            return help
        if "/" in value and "//" not in value:
            return "write // to divide into a whole number"
        return f"{value} should be {help[6:]}"

    def _span(self, path: Path, key: bool = False) -> Span:
        return self.source.span(self._moved(path), key)

    def _moved(self, path: Path) -> Path:
        return (self.moved.get(str(path[0]), path[0]), *path[1:]) if path else path

    def amend(self, found: Diagnostic, help: str) -> None:
        """Give a finding another way out."""
        mark = (found.code, found.span, found.message)
        self._found[mark] = found._replace(help=help)

    def report_all(
        self,
        error: ValidationError,
        model: type[BaseModel],
        what: str,
        path: Path,
        trace: Trace = (),
        places: Mapping[str, Path] | None = None,
        data: Any = None,
        rank: int | None = None,
        help: str | None = None,
    ) -> None:
        """Keep what pydantic says about a mapping at a path; `places` tells where each key is.

        `data` is the mapping as it was validated, for layers of `rank` spatial axes. With `help`
        the mapping as a whole is meant in another way, so that it is one mistake.
        """
        found = list(
            faults(error, model, what, data, rank, explain=data is not None and help is None)
        )
        if help is not None:
            found = sorted(found, key=lambda fault: fault.code == "missing-key")[:1]
            found[0].help = help
        odd = False
        for fault in sorted(found, key=lambda fault: fault.code == "missing-key"):
            if places is not None and fault.at:
                first, *rest = fault.at
                fault.at = (*places.get(str(first), (first,)), *rest)
            if fault.help and data is not None:
                fault.help = self._of_expression(fault.help, (*path, *fault.at))
            # What a character hides from YAML is not missing as well.
            if fault.code != "missing-key" or not odd:
                odd |= self.report(fault, path, trace)


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
