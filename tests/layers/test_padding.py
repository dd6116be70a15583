"""Padding and cropping of every length, against torch: what is taken, and what units then read."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from plans import LEAVES, model_of, torch_class

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.layers import roles
from netspec.layers.base import Leaf, rank_of

PADS = [kind for kind in LEAVES if isinstance(model_of(kind).role, roles.Pad)]


def torch_gives(kind: str, lengths: list[int], padding: list[int]) -> torch.Tensor | None:
    """What comes out of pixels that are numbered from 1; None where torch refuses."""
    x = torch.arange(1.0, 1 + torch.Size(lengths).numel()).reshape(1, 1, *lengths)
    more = [0.0] if "value" in model_of(kind).model_fields else []
    pad = torch_class(kind)(tuple(padding), *more)
    try:
        y = pad(x.requires_grad_() * 1)
        y.sum().backward()
        assert y.shape == pad(x.to("meta")).shape
    except (RuntimeError, IndexError):
        return None
    return y.detach()[0, 0] if y.numel() else None


def units_give(flow: Flow, lengths: list[int]) -> torch.Tensor:
    """The numbers of the pixels that each unit reads, 0 where it reads none."""
    places = [[axis.units.seen(i) for i in range(axis.units.count)] for axis in flow.axes]
    found = []
    for at in product(*places):
        number = 0
        for ends, n in zip(at, lengths, strict=True):
            number = number * n + (ends[0] if ends else 0)
        found.append(number + 1 if all(at) else 0)
    return torch.tensor(found, dtype=torch.float).reshape(flow.shape[1:])


def hold(kind: str, lengths: list[int], padding: list[int]) -> None:
    model, true = model_of(kind), torch_gives(kind, lengths, padding)
    given = {"padding": padding} | ({"value": 0.0} if "value" in model.model_fields else {})
    layer = model.parse(kind, given)
    assert isinstance(layer, Leaf)
    try:
        flow = layer.run(Flow.input((1, *lengths)))
    except Fault:
        # Where what is left after cropping is less than goes around, torch copies memory that it
        # has not written yet.
        pairs = zip(padding[::2], padding[1::2], reversed(lengths), strict=True)
        around = [max(a, b) > n - max(-a, 0) - max(-b, 0) for a, b, n in pairs]
        assert true is None or (kind.startswith("Circular") and any(around)), "torch takes it"
    else:
        assert true is not None, "torch refuses it"
        assert torch.equal(units_give(flow, lengths), true)


@pytest.mark.parametrize("kind", [kind for kind in PADS if rank_of(kind) == 1])
def test_every_padding_of_a_short_axis_is_taken_as_torch_does(kind: str) -> None:
    for n in range(1, 7):
        for sides in product(range(-n - 1, n + 2), repeat=2):
            hold(kind, [n], list(sides))


@pytest.mark.parametrize("kind", [kind for kind in PADS if rank_of(kind) > 1])
@given(data=st.data())
def test_padding_of_several_axes_is_taken_as_torch_does(kind: str, data: Any) -> None:
    lengths = [data.draw(st.integers(1, 6)) for _ in range(rank_of(kind))]
    sides = [data.draw(st.integers(-n - 1, n + 1)) for n in reversed(lengths) for _ in range(2)]
    hold(kind, lengths, sides)
