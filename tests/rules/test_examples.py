"""The documentation of every rule: its examples are what it flags and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from audited import codes, example, findings

from netspec import report as audit
from netspec import rules

HOME = Path(__file__).parents[2]
NAMES = rules.names()


@pytest.mark.parametrize("name", NAMES)
def test_bad_example_of_a_rule_is_flagged_once_and_with_its_severity(name: str) -> None:
    found = [one for one in findings(example(name, "Bad")) if one.code == name]
    assert len(found) == 1
    assert found[0].severity == rules.find(name).severity
    assert found[0].span


@pytest.mark.parametrize("name", NAMES)
def test_good_example_of_a_rule_is_not_flagged(name: str) -> None:
    assert name not in codes(example(name, "Good"))


@pytest.mark.parametrize("name", NAMES)
def test_rule_has_a_summary_and_says_why(name: str) -> None:
    summary, _, rest = rules.find(name).doc.partition("\n")
    assert summary.endswith(".")
    assert len(summary) <= 90
    assert len(rest.partition("Bad:")[0].split()) > 8


@pytest.mark.parametrize("name", NAMES)
def test_findings_follow_the_style_of_messages(name: str) -> None:
    for found in findings(example(name, "Bad")):
        for text in (found.message, found.help or "x"):
            assert not text.endswith(".")
            assert "  " not in text


# Specs of the repository

JUSTIFIED: dict[str, list[str]] = {}


@pytest.mark.parametrize(
    "path",
    sorted([*HOME.glob("specs/*.yaml"), *HOME.glob("examples/*.yaml")]),
    ids=lambda path: path.stem,
)
def test_specs_of_the_repository_are_clean_or_say_why_not(path: Path) -> None:
    assert [one.code for one in audit.check(path).diagnostics] == JUSTIFIED.get(path.stem, [])
