"""JUnit XML, by what it counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"
Shown = Callable[..., str]


def test_junit_counts_what_it_holds(shown: Shown) -> None:
    suites = ElementTree.fromstring(shown("junit").encode())
    assert suites.tag == "testsuites"
    cases = suites.findall("testsuite/testcase")
    failures = suites.findall("testsuite/testcase/failure")
    assert (suites.get("tests"), suites.get("failures")) == (str(len(cases)), str(len(failures)))
    assert (len(cases), len(failures)) == (5, 4)
    for suite in suites:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    for case in cases:
        assert case.get("name")
        assert case.get("classname")
    for failure in failures:
        assert failure.get("message")
        assert failure.text
