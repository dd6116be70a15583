"""Candidates are judged as a check of the whole spec judges them."""

from __future__ import annotations

from random import Random

import pytest

from netspec import report
from netspec.search.bounds import Figures
from netspec.search.candidate import bound, figures, written
from netspec.search.evaluate import Evaluator
from netspec.search.parts import Refused
from netspec.search.space import Point, space
from netspec.source import parse

DIGITS = "train: {data: {dataset: MNIST}, batch_size: 8, epochs: 1, optimizer: Adam}\n"
BLOCKS = """\
input: [1, 28, 28]
vars: {a: 4, b: $(a * 2), p: 0}
blocks:
  unit:
    args: {n: , k: 3}
    layers:
      - Conv2d: {out_channels: $n, kernel_size: $k, padding: same, bias: false}
      - BatchNorm2d
      - ReLU: true
      - Dropout2d: $p
  twice:
    args: {n: }
    layers: [{unit: $n, repeat: 2}, {name: end, unit: $(n + b)}]
layers:
  - unit: $a
  - name: middle
    Sequential: [{unit: {n: $b, k: 1}}, {Sequential: [{twice: $b}]}]
    expect: {params: 1584}
  - MaxPool2d: 2
  - Residual: [{unit: $(a * 4)}]
  - AdaptiveAvgPool2d: 1
  - Flatten
  - Linear: 10
audit: {max_params: 9k, min_receptive_field: 40 %}
"""
WIRED = """\
input: [2, 24, 20]
vars: {a: 4, s: 1}
layers:
  - Graph:
      down: [{Conv2d: [$a, 3, $s, 1]}, ReLU]
      inner: {from: down, layers: [{MaxPool2d: 2}, {Conv2d: [$a, 3, 1, 1]}]}
      up: {from: inner, layers: [{ConvTranspose2d: [4, 2, 2]}]}
      out: {from: [down, up], join: concat}
  - Gate: [{AdaptiveAvgPool2d: 1}, {Conv2d: [8, 1]}, Sigmoid]
  - Concat: [[], [{AvgPool2d: [3, 1, 1]}], [{Conv2d: [2, 5]}, {ZeroPad2d: 2}]]
  - {Dropout: 0.5, repeat: 2}
  - AdaptiveMaxPool2d: 5
  - Flatten
"""
SPACES = {
    "blocks": (BLOCKS, [
        "vars.a=1..6", "vars.p=[0, 0.5, 1, 2]", "layers.1.Sequential.0.unit.k=[1, 3, 30]",
        "blocks.unit.args.k=[3, 5]", "blocks.unit.layers.2=[ReLU, {ReLU: true}, Sigmoid]",
        "layers.1.expect=[null, {params: 1584}]", "audit.max_params=[4k, 9k]",
    ]),
    "expressions": (BLOCKS.replace("$(a * 2)", "$(8 // a)"), [
        "vars.a=0..4", "layers.1.expect=[null]", "blocks.twice.layers.1.name=[end, $a, 'not one']",
    ]),
    "wired": (WIRED, [
        "vars.a=[2, 4, 8]", "vars.s=[1, 2]", "input.2=[20, 21, 4]",
        "layers.1.Gate.1.Conv2d.0=[1, 6, 8, 9]", "layers.4=[{AdaptiveMaxPool2d: 5}, Identity]",
        "layers.3.repeat=0..2",
    ]),
    "whole lists": (WIRED, [
        "vars=[{a: 4, s: 1}, {a: 6, s: 1}, {}]", "layers.5=[Flatten, ReLU]",
    ]),
    "training": (BLOCKS + DIGITS, [
        "train.batch_size=[1, 8, 0]", "layers.6.Linear=[9, 10]", "vars.a=[2, 3]",
        "audit.levels={}".replace("{}", "[{}, {over-budget: note}, {no-nonlinearity: error}]"),
        "layers.1.expect=[null]", "blocks.unit.layers.1=[BatchNorm2d, {BatchNorm2d: {ignore: 1}}]",
    ]),
    "names": (BLOCKS, [
        "layers.0=[{unit: $a}, {name: middle, unit: $a}, Conv2d, nothing, {unit: $c}, 3]",
        "layers.1.expect=[null]", "layers.1.name=[middle, end]",
    ]),
}  # fmt: skip


def judged(evaluator: Evaluator, point: Point) -> tuple[Figures | None, str]:
    """The figures of a candidate, or the code of its error."""
    try:
        return evaluator.judge(point), ""
    except Refused as refused:
        return None, refused.found.code


@pytest.mark.parametrize("name", SPACES)
def test_figures_and_errors_are_those_of_a_check(name: str) -> None:
    text, vary = SPACES[name]
    source, where = parse(text, "net.yaml"), space(vary)
    random, evaluator = Random(1), Evaluator(source, where)
    some = random.sample(range(where.size), min(60, where.size))
    kept = 0
    for point in map(where.point, some):
        told = report.examine(bound(source, where, point))
        wrong = {one.code for one in told.diagnostics if one.severity == "error"}
        found, code = judged(evaluator, point)
        if found is None:
            assert code in wrong, (where.values(point), told.diagnostics)
            continue
        kept += 1
        assert told.plan, (where.values(point), told.diagnostics)
        assert not wrong, (where.values(point), told.diagnostics)
        assert found == figures(told.plan), where.values(point)
    assert 0 < kept < len(some)


def test_a_candidate_is_what_its_text_says() -> None:
    text, vary = SPACES["blocks"]
    source, where = parse(text, "net.yaml"), space(vary)
    for index in Random(2).sample(range(where.size), 20):
        point = where.point(index)
        assert written(source, where, point).data == bound(source, where, point).data


def test_parts_that_were_forgotten_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.search.evaluate.MAX_KEPT", 5)
    source, where = parse(BLOCKS.replace("    expect: {params: 1584}\n", ""), "a"), space(
        ["vars.a=1..3"]
    )  # fmt: skip
    small = Evaluator(source, where)
    first, second = ([small.judge(point) for point in where.points(0, 3)] for _ in range(2))
    assert first == second == [Evaluator(source, where).judge(p) for p in where.points(0, 3)]
