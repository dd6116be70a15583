"""The page of a code: every one that can be printed has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import netspec

from netspec import pages, report, rules
from netspec.cli.check import UNREADABLE
from netspec.language.spec import Expect
from netspec.language.training import (
    AUGMENTATIONS,
    AVERAGES,
    DATASETS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
    TASKS,
)
from netspec.pages.codes import codes, page

PACKAGE = Path(pages.__file__).parents[1]
OTHERS = sorted(set(codes()) - set(rules.names()))
UNSHOWN = {
    "unreadable",
    "not-utf8",
    "not-text",
    "too-deep",
    "too-many-findings",
    "odd-character",
    "newer-torch",
}
"""Codes that no short spec is an example of."""
FINDINGS = {"Fault", "Diagnostic", "Refused"}


def printed() -> Iterator[str]:
    """The code of each finding that is made anywhere, as the source has it."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[code, *_]) if name in FINDINGS:
                    yield ast.unparse(code)


def test_every_code_that_can_be_printed_has_a_page_and_no_other() -> None:
    spelled = {one for one in printed() if re.match("f?['\"]", one)}
    together = {one for one in spelled if one[0] == "f"}
    names = {ast.literal_eval(one) for one in spelled - together}
    # What is put together where it is found, and the constant of files that cannot be read.
    assert together == set()
    vocabularies = AUGMENTATIONS, AVERAGES, DATASETS, LOSSES, OPTIMIZERS, SCHEDULERS, TASKS
    names |= {f"unknown-{one.what.replace(' ', '')}" for one in vocabularies} | {UNREADABLE}
    names |= {f"expect-{name.replace('_', '-')}" for name in Expect.model_fields}
    assert names | set(rules.names()) == set(codes())


@pytest.mark.parametrize("code", codes())
def test_every_page_has_its_severity_a_summary_and_a_reason(code: str) -> None:
    head, blank, *rest = page(code).text.split("\n")
    assert (head, blank) == (f"{code} ({page(code).severity})", "")
    assert rest[0] == page(code).summary
    assert page(code).summary.endswith(".")
    assert "".join(rest[1:]).partition("Bad:")[0].strip()
    assert "```" not in page(code).text
    assert not page(code).text.endswith("\n")


@pytest.mark.parametrize("name", rules.names())
def test_the_page_of_a_rule_has_both_examples(name: str) -> None:
    rest = page(name).text.split("\n")
    for word in "Bad:", "Good:":
        assert rest[rest.index(word) + 2].startswith("    ")


@pytest.mark.parametrize("code", OTHERS)
def test_the_example_of_another_code_gives_it(code: str) -> None:
    found = re.search(r"^Bad:\n\n```yaml\n(.*?)```$", page(code).doc, re.M | re.S)
    assert bool(found) == (code not in UNSHOWN)
    if found:
        said = {one.code: one.severity for one in report.read(found[1], "a.yaml").diagnostics}
        assert said[code] == page(code).severity


@pytest.mark.parametrize("code", codes())
def test_the_file_of_a_page_is_there(code: str) -> None:
    assert (PACKAGE.parent / page(code).file.partition("#")[0]).is_file()


@pytest.mark.parametrize("code", ["gridding", "window-too-large", "expect-output"])
def test_the_command_prints_it(code: str) -> None:
    assert netspec("rule", code).out == f"{page(code).text}\n"
