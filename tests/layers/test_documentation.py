"""Docstrings of layers: examples that run, one line first."""

from __future__ import annotations

import inspect

import pytest
from plans import SHAPES, compiled, example, holds, kinds, model_of

from netspec import layers
from netspec.compiler.plan import Plan


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
