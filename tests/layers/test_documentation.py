"""Docstrings of layers: examples that run, one line first."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plans import LEAVES, SHAPES, compiled, example, holds, kinds, model_of

from netspec import layers
from netspec.compiler.plan import Plan
from netspec.layers import roles
from netspec.layers.base import rank_of

SIZES = {
    "kernel_size": st.integers(1, 4),
    "stride": st.integers(1, 3),
    "padding": st.integers(0, 2),
    "output_padding": st.integers(0, 1),
    "dilation": st.integers(1, 2),
    "output_size": st.integers(1, 20),
}


@pytest.mark.parametrize("kind", sorted({model_of(kind).kinds[0] for kind in layers.KINDS}))
def test_the_example_of_a_docstring_is_what_torch_builds_and_runs(kind: str) -> None:
    entries = example(kind)
    plans = [plan for shape in SHAPES if isinstance(plan := compiled(shape, entries), Plan)]
    assert plans
    for plan in plans:
        holds(plan)


@kinds
def test_a_docstring_starts_with_one_line_that_ends_like_a_sentence_and_has_a_shape(
    kind: str,
) -> None:
    first, _, rest = (inspect.getdoc(model_of(kind)) or "").partition("\n")
    assert first.endswith(".")
    assert not rest.split("\n")[0]


def formula(kind: str) -> str:
    """What a docstring says that a spatial axis of n positions becomes."""
    text = " ".join((inspect.getdoc(model_of(kind)) or "").split())
    found = re.search("A spatial axis of n positions becomes one of `([^`]+)`", text, re.IGNORECASE)
    assert found, f"{kind} does not say how long its output is"
    return found[1]


WINDOWED = [
    kind
    for kind in LEAVES
    if rank_of(kind) and isinstance(model_of(kind).role, roles.Map | roles.Pool)
]


@pytest.mark.parametrize("kind", WINDOWED)
@given(n=st.integers(1, 20), data=st.data())
@settings(max_examples=60)
def test_a_docstring_has_the_length_of_the_output(kind: str, n: int, data: Any) -> None:
    fields = model_of(kind).model_fields
    names = [name for name in SIZES if name in fields]
    sizes = {name: data.draw(SIZES[name], label=name) for name in names}
    sizes |= dict.fromkeys(fields.keys() & {"out_channels", "norm_type"}, 4)
    plan = compiled((4, *[n] * rank_of(kind)), [{kind: sizes}])
    assume(isinstance(plan, Plan))
    assert isinstance(plan, Plan)
    known = {"stride": sizes.get("kernel_size"), "dilation": 1, "padding": 0} | sizes
    wanted = eval(formula(kind), {"n": n} | known)
    assert plan.output[1:] == (wanted,) * rank_of(kind)
