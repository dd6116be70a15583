"""Receptive fields as they were published, written as expectations, against the true ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.compiler import examine
from netspec.source import parse

SPECS = Path(__file__).parents[2] / "specs"

# By network: kind of entry, published field, true field, for each entry that has a claim.
CLAIMS = {
    "mnist-13k": [
        ("unit", 3, 3), ("unit", 5, 5), ("MaxPool2d", 10, 6), ("unit", 12, 10), ("unit", 14, 14),
        ("MaxPool2d", 28, 16), ("unit", 30, 24), ("Conv2d", 32, 32), ("Conv2d", 32, 32),
    ],
    "mnist-17k": [
        ("unit", 3, 3), ("unit", 5, 5), ("unit", 7, 7), ("unit", 9, 12), ("unit", 11, 16),
        ("unit", 13, 20), ("unit", 15, 42), ("Conv2d", 17, 58),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_claims_are_refused_with_the_true_figure_on_their_lines(name: str) -> None:
    lines, wanted = [], []
    claims = list(CLAIMS[name])
    for line in (SPECS / f"{name}.yaml").read_text().splitlines():
        if line.startswith("    expect:"):
            continue
        lines.append(line)
        if claims and line.startswith(f"  - {claims[0][0]}:"):
            _, claimed, true = claims.pop(0)
            lines.append(f"    expect: {{receptive_field: {claimed}}}")
            if claimed != true:
                wanted.append((len(lines), f"receptive_field is {true}, not {claimed}"))
    assert not claims
    report = examine(parse("\n".join(lines), f"{name}.yaml"))
    found = [(one.span.line, one.message) for one in report.diagnostics if one.span]
    assert found == wanted
    assert len(wanted) >= 4
