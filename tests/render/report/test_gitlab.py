"""GitLab's code quality widget, by what it needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_gitlab_issues_have_what_the_widget_needs_and_differ_in_their_fingerprints(
    shown: Shown,
) -> None:
    issues = json.loads(shown("gitlab"))
    assert len(issues) == 4
    for issue in issues:
        assert issue.keys() == {
            "description", "check_name", "fingerprint", "severity", "location"
        }  # fmt: skip
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("/", "."))
    assert len({issue["fingerprint"] for issue in issues}) == 4


def test_gitlab_fingerprint_does_not_change_when_a_finding_moves(specs: Path, shown: Shown) -> None:
    before = {issue["fingerprint"] for issue in json.loads(shown("gitlab"))}
    file = specs / "specs" / "in block.yaml"
    file.write_text("# moved\n" + file.read_text())
    assert {issue["fingerprint"] for issue in json.loads(shown("gitlab"))} == before
