"""Large and deep specs: checked all the same, or refused with a clear message."""

from __future__ import annotations

import time

import pytest

from netspec import compiler, source
from netspec.compiler import Compiled
from netspec.diagnostic import SpecError

UNIT = """
- Conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
- BatchNorm2d
- ReLU
- Dropout2d: 0.05
"""


def literal(count: int) -> str:
    return f"input: [8, 32, 32]\nlayers:{UNIT * (count // 4)}"


def repeated(count: int) -> str:
    block = UNIT.replace("\n", "\n    ")
    return (
        f"input: [8, 32, 32]\nblocks:\n  unit:\n    layers:{block}\n"
        f"layers:\n- unit:\n  repeat: {count // 4}\n"
    )


def chain(count: int) -> str:
    """Blocks each of which uses the one before."""
    blocks = "".join(f"  b{i}: {{layers: [b{i - 1}]}}\n" for i in range(1, count))
    return f"input: [8]\nblocks:\n  b0: {{layers: [ReLU]}}\n{blocks}layers: [b{count - 1}]\n"


def nested(count: int, kind: str = "Sequential") -> str:
    """Composites each of which holds the next, one to a line."""
    lines = (f"{'  ' * i}- {kind}:" for i in range(count))
    return "input: [8]\nlayers:\n" + "\n".join([*lines, "  " * count + "- ReLU\n"])


def braced(count: int) -> str:
    return f"input: [8]\nlayers: {'[{Sequential: ' * count}[]{'}]' * count}\n"


def parenthesised(count: int) -> str:
    expression = "(" * count + "1" + ")" * count
    return f"input: [8]\nlayers:\n- Linear: $({expression})\n"


def signs(count: int) -> str:
    return f"input: [8]\nlayers:\n- Linear: $({'-' * count}1)\n"


def lists(count: int) -> str:
    return f"input: [8]\nlayers: {'[' * count}{']' * count}\n"


def examine(text: str) -> Compiled:
    return compiler.examine(source.parse(text, "large.yaml"))


@pytest.mark.parametrize("make", [literal, repeated])
def test_ten_thousand_layers_are_checked(make: object) -> None:
    assert callable(make)
    plan = examine(make(10_000)).plan
    assert plan is not None
    assert len(plan.leaves) == 10_000
    assert plan.totals.params == 2500 * (8 * 8 * 9 + 16)
    assert [axis.field and axis.field.size for axis in plan.root.output.axes] == [5001, 5001]
    assert plan.root.output.seen == [(0, 31), (0, 31)]


def test_time_grows_linearly_with_layers() -> None:
    def seconds(count: int) -> float:
        text = literal(count)
        start = time.process_time()
        examine(text)
        return time.process_time() - start

    seconds(400)
    small = min(seconds(1000) for _ in range(3))
    large = min(seconds(8000) for _ in range(2))
    assert large < 8 * small * 2.5  # quadratic growth would be 64 times


@pytest.mark.parametrize("count", [2, 62])
@pytest.mark.parametrize("make", [chain, parenthesised, signs])
def test_nesting_within_the_limit_is_checked(make: object, count: int) -> None:
    assert callable(make)
    report = examine(make(count))
    assert report.plan is not None, report.diagnostics


@pytest.mark.parametrize("kind", ["Sequential", "Residual", "Gate"])
def test_composites_nest_as_deep_as_the_file_may(kind: str) -> None:
    # A composite takes two levels of YAML, the entry and its list.
    plan = examine(nested(30, kind)).plan
    assert plan is not None
    assert [leaf.kind for leaf in plan.leaves] == ["ReLU"]


@pytest.mark.parametrize("count", [70, 5_000])
@pytest.mark.parametrize(
    ("make", "code"),
    [(chain, "too-deep"), (braced, "too-deep"), (lists, "too-deep"),
     (parenthesised, "bad-expression"), (signs, "bad-expression")],
)  # fmt: skip
def test_deeper_nesting_is_refused_with_its_place(make: object, code: str, count: int) -> None:
    assert callable(make)
    if make in (parenthesised, signs):
        count = max(count, 300)
    try:
        found = examine(make(count)).diagnostics
    except SpecError as error:
        found = error.diagnostics
    assert {one.code for one in found} == {code}
    assert found[0].span is not None


def test_copies_of_copies_are_refused_before_they_fill_the_memory() -> None:
    blocks = "  b0: {layers: [ReLU]}\n" + "".join(
        f"  b{i}: {{layers: [{{b{i - 1}: , repeat: 100}}]}}\n" for i in range(1, 9)
    )
    start = time.process_time()
    report = examine(f"input: [8]\nblocks:\n{blocks}layers: [b8]\n")
    assert [found.code for found in report.diagnostics] == ["too-large"]
    assert time.process_time() - start < 2
