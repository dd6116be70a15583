"""The page of an audit rule."""

from __future__ import annotations

import pytest
from command import netspec

from netspec import rules
from netspec.pages.rules import page


@pytest.mark.parametrize("name", rules.names())
def test_every_rule_has_a_page_with_its_severity_and_both_examples(name: str) -> None:
    rule = rules.find(name)
    head, blank, *rest = page(rule).split("\n")
    assert (head, blank) == (f"{name} ({rule.severity})", "")
    assert rest[0] == rule.summary
    assert {"Bad:", "Good:"} <= set(rest)
    for word in "Bad:", "Good:":
        assert rest[rest.index(word) + 2].startswith("    ")
    assert "```" not in page(rule)
    assert not page(rule).endswith("\n")


def test_the_command_prints_it() -> None:
    assert netspec("rule", "gridding").out == f"{page(rules.find('gridding'))}\n"
