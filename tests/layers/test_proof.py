"""Specs that Hypothesis draws, every figure held against torch."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from proof import MANY, compare, compare_far_from_borders, noted
from strategies import around, disguises, networks, reordered, text

from netspec import compiler, layers, source
from netspec.compiler.plan import Plan

EXAMPLES = int(os.environ.get("NETSPEC_EXAMPLES", "2000"))


def hold(strategy: Any, count: int) -> Counter[str]:
    """Compare `count` specs that a strategy draws; how often they were judged which way."""
    judged: Counter[str] = Counter()

    @settings(max_examples=count)
    @given(strategy)
    def each(spec: dict[str, Any]) -> None:
        judged[noted(compare, spec)] += 1

    each()
    return judged


@pytest.mark.parametrize("kind", layers.KINDS)
def test_each_kind_of_layer_is_what_torch_makes_of_it(kind: str) -> None:
    judged = hold(around(kind), max(EXAMPLES // len(layers.KINDS), 20))
    assert judged["accepted"] >= judged.total() // 10 > 0, judged


@pytest.mark.parametrize("rank", range(4))
def test_whole_networks_are_what_torch_makes_of_them(rank: int) -> None:
    judged = hold(networks(rank), EXAMPLES // 8)
    assert judged["accepted"] > judged.total() // 2


def test_networks_with_their_axes_in_another_order_are_what_torch_makes_of_them() -> None:
    judged = hold(reordered(), EXAMPLES // 40)
    assert judged["accepted"] > judged.total() // 2


@pytest.mark.parametrize("rank", MANY)
def test_far_from_borders_units_read_as_size_jump_and_start_say(rank: int) -> None:
    held: Counter[bool] = Counter()

    @settings(max_examples=EXAMPLES // 16)
    @given(networks(rank))
    def each(spec: dict[str, Any]) -> None:
        held[noted(compare_far_from_borders, spec) > 0] += 1

    each()
    assert held[True] > held.total() // 4


@settings(max_examples=EXAMPLES // 16)
@given(disguises())
def test_blocks_variables_and_copies_mean_what_they_stand_for(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    plain, disguised = (compiler.examine(source.parse(text(spec), "drawn.yaml")) for spec in pair)
    assert (plain.plan is None) == (disguised.plan is None), [text(spec) for spec in pair]
    assert {one.code for one in plain.diagnostics} == {one.code for one in disguised.diagnostics}
    if plain.plan is not None and disguised.plan is not None:
        assert facts(plain.plan) == facts(disguised.plan), [text(spec) for spec in pair]


def facts(plan: Plan) -> list[Any]:
    leaves = [
        (leaf.name, leaf.kind, leaf.output.shape, leaf.output.axes, leaf.weights, leaf.buffers,
         leaf.macs, leaf.recipe)
        for leaf in plan.leaves
    ]  # fmt: skip
    return [*leaves, plan.totals]
