"""A report as Markdown, safe for words from a pull request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from command import netspec

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_markdown_stays_below_what_github_takes(specs: Path) -> None:
    wrong = "".join(f"  - Wrong{'x' * 1000}{i}\n" for i in range(900))
    for name in "ab":
        (specs / f"{name}.yaml").write_text(f"input: [1, 12, 12]\nlayers:\n{wrong}")
    done = netspec("check", "a.yaml", "b.yaml", "--format", "markdown")
    assert done.code == 1
    assert len(done.out.encode()) < 2**20
    assert "left out" in done.out


def test_markdown_takes_no_markup_from_a_spec(shown: Shown) -> None:
    text = shown("markdown")
    assert "<b>" not in text
    assert "Änd@ern" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
