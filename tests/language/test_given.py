"""Specs as they are given from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import netspec
from netspec import UsageError

TEXT = """\
name: net
input: [1, 8, 8]
vars: {width: 4, double: $(width * 2)}   # stays
layers:
  - Conv2d: [$width, 3]
  - Conv2d: [$double, 3]
"""
DATA: dict[str, Any] = {
    "name": "net",
    "input": (1, 8, 8),
    "vars": {"width": 4, "double": "$(width * 2)"},
    "layers": [{"Conv2d": ["$width", 3]}, {"Conv2d": ["$double", 3]}],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(TEXT)
    return tmp_path / "net.yaml"


def test_a_file_a_text_and_a_mapping_are_the_same_spec(file: Path) -> None:
    plans = [netspec.compile(file), netspec.compile(text=TEXT), netspec.compile(DATA)]
    assert {plan.totals for plan in plans} == {plans[0].totals}
    assert {plan.name for plan in plans} == {"net"}
    assert netspec.check(DATA).plan is not None
    networks = [netspec.build(file, "cpu"), netspec.build(text=TEXT), netspec.build(DATA)]
    assert len({str(network) for network in networks}) == 1


def test_variables_are_given_other_values(file: Path) -> None:
    plan = netspec.compile(file, vars={"width": 5})
    assert [leaf.output.shape[0] for leaf in plan.leaves] == [5, 10]
    assert "# stays" in plan.source.text
    assert netspec.build(DATA, "cpu", vars={"double": 3})[1].out_channels == 3
    report = netspec.check(text=TEXT, vars={"width": "$(2 + 1)", "double": 7})
    assert report.plan
    assert [leaf.output.shape[0] for leaf in report.plan.leaves] == [3, 7]


def test_a_value_of_a_variable_is_checked_as_the_file_is() -> None:
    (found,) = netspec.check(text=TEXT, vars={"width": "same", "double": 3}).diagnostics
    assert found.span
    assert (found.code, found.span.line) == ("wrong-type", 5)


@pytest.mark.parametrize(
    ("spec", "more", "message", "help"),
    [
        (None, {}, "one of spec and text is needed", "give a path, a mapping or text=…"),
        (DATA, {"text": TEXT}, "one of spec and text", "give a path, a mapping or text=…"),
        (DATA, {"vars": {"widht": 2}}, "has no variable 'widht'", "did you mean width?"),
        ({"input": [1]}, {"vars": {"w": 2}}, "has no variable 'w'", "it has no vars"),
        (DATA, {"vars": {"width": {2}}}, "is of set", None),
    ],
)
def test_wrong_use_is_told(spec: Any, more: Any, message: str, help: str | None) -> None:
    for function in netspec.check, netspec.compile:
        with pytest.raises(UsageError, match=message) as caught:
            function(spec, **more)
        assert help is None or caught.value.help == help


def test_a_plan_has_no_variables_left_to_change() -> None:
    plan = netspec.compile(DATA)
    with pytest.raises(UsageError, match="a plan is whole"):
        netspec.build(plan, vars={"width": 3})


def test_what_is_wrong_in_a_mapping_has_a_place_in_the_text_that_is_shown() -> None:
    layers = [{"Conv2d": {"out_channels": 8, "kernel_size": 3}}, {"Conv2d": [8, 99]}]
    report = netspec.check({"input": [1, 28, 28], "layers": layers})
    (found,) = report.diagnostics
    assert found.span
    assert report.text
    assert found.path == "spec.yaml"
    line = report.text.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == "99"


def test_a_text_that_is_no_yaml_is_a_report_that_failed() -> None:
    report = netspec.check(text="a: [")
    assert report.failed
    assert report.plan is None
    assert report.path == "spec.yaml"
