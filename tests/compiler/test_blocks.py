"""Blocks and repeats."""

from __future__ import annotations

from textwrap import dedent

import pytest
from texts import leaves, plan_of

from netspec.compiler import examine
from netspec.source import parse


def test_unnamed_blocks_and_repeats_are_spliced_and_named_ones_are_submodules() -> None:
    text = """
        input: [1, 8, 8]
        blocks:
          unit: {args: {c: }, layers: [{Conv2d: [$c, 1]}, ReLU]}
        layers:
          - unit: 2
          - name: stem
            unit: {c: 3}
          - unit: [4]
            repeat: 2
          - {name: tail, unit: 5, repeat: 2}
          - name: group
            Sequential: [ReLU, {name: inner, Sequential: [Tanh]}]
          - {name: last, ReLU: }
    """
    assert [(name, kind) for name, kind, _ in leaves(text)] == [
        ("0", "Conv2d"),
        ("1", "ReLU"),
        ("stem.0", "Conv2d"),
        ("stem.1", "ReLU"),
        ("3", "Conv2d"),
        ("4", "ReLU"),
        ("5", "Conv2d"),
        ("6", "ReLU"),
        ("tail.0", "Conv2d"),
        ("tail.1", "ReLU"),
        ("tail.2", "Conv2d"),
        ("tail.3", "ReLU"),
        ("group.0", "ReLU"),
        ("group.inner.0", "Tanh"),
        ("last", "ReLU"),
    ]


@pytest.mark.parametrize("copies", [0, 1, 3])
def test_repeat_makes_copies_each_with_its_own_weights(copies: int) -> None:
    text = f"input: [2, 4, 4]\nlayers:\n  - ReLU\n  - {{Conv2d: [2, 1], repeat: {copies}}}\n"
    plan = plan_of(text)
    assert [leaf.kind for leaf in plan.leaves] == ["ReLU"] + ["Conv2d"] * copies
    assert plan.totals.params == copies * (2 * 2 + 2)


def test_block_arguments_hide_variables_and_inner_blocks_see_only_their_own() -> None:
    text = """
        input: [1, 4, 4]
        vars: {c: 7}
        blocks:
          outer: {args: {c: 2}, layers: [{Conv2d: [$c, 1]}, inner]}
          inner: {args: {d: $(c + 1)}, layers: [{Conv2d: [$d, 1]}]}
        layers: [outer, {outer: 3}]
    """
    assert [shape[0] for _, _, shape in leaves(text)] == [2, 8, 3, 8]


def test_a_mistake_in_a_block_says_which_uses_led_there() -> None:
    text = """\
        input: [1, 8, 8]
        blocks:
          inner: {layers: [{Conv2d: [4, 9]}]}
          outer: {layers: [inner]}
        layers:
          - outer
    """
    (found,) = examine(parse(dedent(text), "spec.yaml")).diagnostics
    assert [(block, at.line) for block, at in found.trace] == [("inner", 4), ("outer", 6)]
