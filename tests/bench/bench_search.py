"""Candidates that a search judges in a CPU second on one core, and whether it judges them rightly.

python tests/bench/bench_search.py
python tests/bench/bench_search.py --draws 600 --check 600
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from random import Random

from netspec import report, source
from netspec.search.candidate import bound, figures, without_expectations
from netspec.search.evaluate import Evaluator
from netspec.search.parts import Refused
from netspec.search.space import Point, Space, space

ROOT = Path(__file__).parents[2]
SPEC, LEAST = ROOT / "specs" / "mnist-8k.yaml", 3000
WIDTHS = ("0.Sequential.0.unit", "0.Sequential.1.unit", "1.Sequential.0.Conv2d.out_channels",
          "2.Sequential.0.unit", "2.Sequential.1.unit",
          "2.Sequential.2.unit.out_channels")  # fmt: skip
KERNEL = "blocks.unit.layers.0.Conv2d.kernel_size=[1, 3]"


def seven() -> Space:
    """The widths of mnist-8k and the kernel of its block."""
    return space([*(f"layers.{place}=4..40" for place in WIDTHS), KERNEL])


def drawn(where: Space, number: int) -> list[Point]:
    """Points at random."""
    random = Random(0)
    return [where.point(random.randrange(where.size)) for _ in range(number)]


def in_order(where: Space, number: int) -> list[Point]:
    """The first points in the order in which a whole space is searched."""
    return list(where.points(0, number))


def rate(spec: source.Source, where: Space, points: list[Point]) -> float:
    """Candidates judged in a CPU second, with nothing known before the first."""
    evaluator = Evaluator(spec, where)
    began = time.process_time()
    for point in points:
        try:
            evaluator.judge(point)
        except Refused:
            continue
    return len(points) / (time.process_time() - began)


def different(spec: source.Source, where: Space, points: list[Point]) -> Iterator[Point]:
    """Points that a full check says something else of."""
    evaluator = Evaluator(spec, where)
    for point in points:
        told = report.examine(bound(spec, where, point))
        wanted = figures(told.plan) if told.plan and not told.failed else None
        try:
            found = evaluator.judge(point)
        except Refused:
            found = None
        if found != wanted:
            yield point


def main() -> int:
    """Print rates; 1 where one is below its bound, or a candidate is judged wrongly."""
    parser = ArgumentParser(description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--check", type=int, default=1000)
    given = parser.parse_args()
    spec, where = without_expectations(source.load(SPEC)), seven()
    spec.data["audit"] = {"output": [10]}
    rate(spec, where, drawn(where, 10))  # the layers are imported
    random, ordered = (
        rate(spec, where, points(where, given.draws)) for points in (drawn, in_order)
    )
    print(f"{where.size:,} candidates in seven variables of {SPEC.name}, {given.draws:,} judged")
    print(f"at random {random:,.0f}, in order {ordered:,.0f} a CPU second (bound {LEAST:,})")
    wrong = list(different(spec, where, drawn(where, given.check)))
    print(f"{len(wrong)} of {given.check:,} are judged otherwise than by netspec check")
    return int(min(random, ordered) < LEAST or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
