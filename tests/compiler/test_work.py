"""What a spec may cost: counted in steps, and in findings."""

from __future__ import annotations

from collections import Counter

import pytest

from netspec.compiler import findings
from netspec.diagnostic import MAX_MESSAGE
from netspec.flow import work
from netspec.render import renderer
from netspec.render.report import whole
from netspec.report import Report, examine
from netspec.source import parse


def report(text: str) -> Report:
    return examine(parse(text, "spec.yaml"))


def many(layer: str, count: int) -> str:
    return "\n".join([f"- {layer}"] * count)


HUGE = "{out_channels: 1, kernel_size: 2000000001, padding: 1000000000%s}"

DEAR = {
    "a kernel of the largest size": f"input: [1, 20000]\nlayers: [{{Conv1d: {HUGE % ''}}}]",
    "the same over copies of the border": "input: [1, 20000]\nlayers: "
    f"[{{Conv1d: {HUGE % ', padding_mode: replicate'}}}]",
    "the same transposed": f"input: [1, 20000]\nlayers: [{{ConvTranspose1d: {HUGE % ''}}}]",
    "a window round the corner": "input: [1, 20000]\nlayers: "
    "[{CircularPad1d: 10000}, {Conv1d: [1, 3001]}]",
    "lengths without a common ratio": "input: [1, 1007]\nlayers:\n"
    + many("{Upsample: {size: 1009}}\n- {Upsample: {size: 1007, mode: linear}}", 5000),
    "strides whose product has thousands of digits": "input: [1, 262144]\nlayers:\n"
    + many("{Conv1d: {out_channels: 1, kernel_size: 1, stride: 1000000000}}", 5000),
    "dilations likewise": "input: [1, 9]\nlayers:\n"
    + many(
        "{Conv1d: {out_channels: 1, kernel_size: 3, padding: 1000000000, dilation: "
        "1000000000, stride: 1000000000}}",
        5000,
    ),
    "channels that double": "input: [1, 9]\nlayers:\n" + many("{Concat: [[], []]}", 15_000),
    "features of all axes": "input: [2147483647, 262144, 262144]\nlayers: [Flatten]",
    "long axes with holes": "input: [1, 262144]\nlayers:\n"
    + many("{Conv1d: {out_channels: 1, kernel_size: 3, padding: 2, dilation: 2}}", 200),
    "a far dilation": "input: [1, 262144]\nlayers:\n"
    + many("{Conv1d: {out_channels: 1, kernel_size: 3, dilation: 100000}}", 1),
    "borders that differ": "input: [1, 262144, 3]\nlayers:\n"
    + many(
        "{Conv2d: {out_channels: 1, kernel_size: 3, padding: 100000, dilation: 100000, "
        "padding_mode: replicate}}",
        1,
    ),
    "wide products": "input: [1, 262144]\nlayers:\n" + many("{Linear: 100000}", 200),
    "long axes without": "input: [1, 262144]\nlayers:\n" + many("{Conv1d: [1, 3, 1, 1]}", 5000),
}


@pytest.mark.parametrize("case", DEAR)
def test_no_spec_costs_much(case: str) -> None:
    found = report(DEAR[case])
    assert renderer("report", "full").render([found], whole())
    assert renderer("report", "json").render([found], whole())
    if found.diagnostics:
        assert {one.code for one in found.diagnostics if one.severity == "error"} <= {"too-large"}


def test_work_is_an_error_at_the_layer_that_takes_too_much() -> None:
    layers = many("Conv1d: [1, 3, 1, 1]", 100)
    (found,) = report(f"input: [1, 262144]\nlayers:\n{layers}").diagnostics
    assert found.code == "too-large"
    assert f"{work.LIMIT:,} steps" in found.message
    each = work.LAYER + 2 * 2 * 262144
    assert found.span is not None
    assert abs(found.span.line - 2 - work.LIMIT / each) < 100 - work.LIMIT / each


def test_what_is_remembered_counts_as_what_is_worked_out() -> None:
    text = f"input: [1, 2000]\nlayers:\n{many('Conv1d: [1, 3, 1, 2, 2]', 200)}"
    plans = [report(text).plan for _ in range(2)]
    spent = [plan.root.output.work.left for plan in plans if plan]
    assert len(spent) == 2
    assert spent[0] == spent[1] < work.LIMIT


def test_at_most_a_hundred_findings_are_shown_and_the_rest_counted() -> None:
    layers = "\n".join(f"- Conv9d_{i}" for i in range(150))
    found = report(f"input: [8]\nlayers:\n{layers}").diagnostics
    assert [one.code for one in found] == ["unknown-layer"] * 100 + ["too-many-findings"]
    assert found[-1].message == "50 errors are left out"
    assert found[-1].severity == "error"


def test_nothing_more_is_looked_for_where_there_is_no_end_of_errors() -> None:
    keys = "\n".join(f"key_{i}: 1" for i in range(40_000))
    found = report(f"input: [8]\nlayers: [ReLU]\n{keys}").diagnostics
    assert len(found) == findings.MAX_SHOWN + 1
    assert found[-1].message == "200 or more errors are left out"


def test_each_severity_is_counted_by_itself() -> None:
    layers = many("{Conv1d: [8, 3, 1, 1], expect: {params: 1}}", 120)
    found = report(f"input: [8, 32]\nlayers:\n{layers}").diagnostics
    assert found[-1].message == "20 errors and 19 warnings are left out", found[-1]
    number = Counter(one.severity for one in found[:-1])
    assert number["error"] == number["warning"] == findings.MAX_SHOWN


def test_a_name_without_end_is_cut_in_every_message() -> None:
    name, key = "x" * 500_000, "x" * 1_000  # as much as YAML takes for a key
    for text in (
        f"input: [8]\nlayers: [{name}]",
        f"input: [8]\nlayers: [{{ReLU: , name: {name}}}]",
        f"input: [8]\nlayers: [ReLU]\nname: {name}",
        f"input: [8]\nlayers: [ReLU]\n{key}: 1",
        f"input: [8]\nlayers: [{{Linear: ${name}}}]",
        f"input: [8]\nvars: {{{key}: 1}}\nlayers: [{{Linear: $y}}]",
        f"input: [8]\nlayers: [{{Linear: {{out_features: 1, {key}: 1}}}}]",
        f"input: [8]\nlayers: [ReLU]\naudit: {{max_params: {name}}}",
        f"input: [8]\nlayers: [ReLU]\naudit: {{ignore: [{name}]}}",
        f"input: [8]\nblocks: {{{key}: {{layers: [ReLU]}}}}\nlayers: [ReLU]",
    ):
        for one in report(text).diagnostics:
            assert len(one.message) <= MAX_MESSAGE + 100, text[:60]
            assert len(one.help or "") <= MAX_MESSAGE, text[:60]
            assert len(one.layer or "") <= MAX_MESSAGE


def test_a_guess_among_many_names_takes_a_moment() -> None:
    names = "\n".join(f"  variable_{i}: {i}" for i in range(30_000))
    layers = many("Linear: $variabl_7", 80)
    found = report(f"input: [8]\nvars:\n{names}\nlayers:\n{layers}").diagnostics
    assert found[0].code == "unknown-variable"
