"""Draws specs, many of them of some kinds or of graphs with crossing skips, and holds every figure
against torch: names, shapes, counts, MACs, memory, acceptance, and what every unit reads.

    python tests/bench/prove.py --specs 20000
    python tests/bench/prove.py --specs 2000 --kinds Slice,Graph --seed 7

Exits with 1 at the first spec on which the two disagree, and prints it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import strategies
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from proof import MANY, compare, compare_far_from_borders, noted
from saved import assert_kept

from netspec import layers
from netspec.compiler.plan import Plan

KINDS = "Slice,Select,Mean,Affine,Scale,ChannelPad,Residual,Gate,Concat,Graph"
ROUND = 250
"""Specs drawn in a row, before the next way of drawing has its turn."""


@st.composite
def graphs(draw: DrawFn) -> dict[str, Any]:
    """A graph of up to eight nodes that read any before them, between other layers."""
    shape = draw(strategies.inputs(draw(st.integers(0, 3))))
    before, middle = draw(strategies.entries(shape, depth=0, most=1))
    graph = {"Graph": draw(strategies.wired(middle, 1, most=8))}
    plan = strategies.plan_of(middle, graph)
    after = []
    if plan is not None and strategies.small(plan):
        after, _ = draw(strategies.entries(plan.output, depth=0, most=2))
    return {"input": list(shape), "layers": [*before, graph, *after]}


def weigh(kinds: list[str]) -> None:
    """Make places in drawn networks take some kinds as often as all others together."""
    for rank, others in strategies.KINDS_OF_RANK.items():
        some = [kind for kind in kinds if kind in others]
        if some:
            strategies.KINDS_OF_RANK[rank] = others + some * (len(others) // len(some))


def judge(spec: dict[str, Any]) -> str:
    """How netspec and torch judged a spec; AssertionError where they disagree."""
    judged = compare(spec)
    if judged == "accepted":
        plan = strategies.plan_of(tuple(spec["input"]), {"Sequential": spec["layers"]})
        assert isinstance(plan, Plan)
        assert_kept(plan)
        if len(spec["input"]) - 1 in MANY:
            compare_far_from_borders(spec)
    return judged


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specs", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after as many")
    parser.add_argument("--kinds", default=KINDS, help="kinds of layers that are drawn most")
    parser.add_argument("--seed", type=int, default=0)
    given_ = parser.parse_args()
    kinds = given_.kinds.split(",")
    assert set(kinds) <= set(layers.KINDS), "no such kind"
    weigh(kinds)
    ways = [("graphs", graphs())] * ("Graph" in kinds)
    ways += [(f"networks of {rank} axes", strategies.networks(rank)) for rank in range(4)]
    ways += [(kind, strategies.around(kind)) for kind in kinds]
    judged: Counter[str] = Counter()
    begin, turn = time.monotonic(), 0
    while judged.total() < given_.specs and time.monotonic() - begin < given_.seconds:
        name, way = ways[turn % len(ways)]

        @seed(given_.seed * 1_000_003 + turn)
        @settings(
            max_examples=min(ROUND, given_.specs - judged.total()), deadline=None, database=None,
            phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(way)
        def each(spec: dict[str, Any]) -> None:
            judged[noted(judge, spec)] += 1

        each()
        turn += 1
        told = ", ".join(f"{count:,} {how}" for how, count in judged.items())
        print(f"{time.monotonic() - begin:6.0f} s  {name}: {told}", flush=True)
    print(f"{judged.total():,} specs, no disagreement")
    return 0


if __name__ == "__main__":
    sys.exit(main())
