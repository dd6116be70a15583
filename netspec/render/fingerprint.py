"""What a finding is known by from one commit to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256

from netspec.diagnostic import Diagnostic
from netspec.render import forge
from netspec.report import Report


def fingerprints(reports: Sequence[Report]) -> Iterator[tuple[Diagnostic, str, str]]:
    """Each finding with its path from the root of the repository and its fingerprint."""
    seen: Counter[str] = Counter()
    for report in reports:
        for found in report.diagnostics:
            path = forge.within(found.path or report.path)
            # Without its line, a finding that only moved is still the same.
            identity = "\0".join((path, found.code, found.layer or "", found.message))
            seen[identity] += 1
            yield found, path, _hash(f"{identity}\0{seen[identity]}")


def _hash(text: str) -> str:
    # A path need not be text.
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
