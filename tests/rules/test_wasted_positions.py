"""wasted-positions: what is its business and what is not."""

from __future__ import annotations

import pytest
import torch
from audited import messages, net
from torch import nn

from netspec import compiler
from netspec.network.build import module
from netspec.source import parse

CASES: list[tuple[str, list[str]]] = [
    (net("Residual: [{Conv2d: [1, 1, 1]}]", "Conv2d: [4, 3]"), []),
    (net("Residual: {body: [{Conv2d: [1, 3, 2, 1]}], shortcut: [{Conv2d: [1, 1, 2]}]}"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_wasted_positions_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "wasted-positions") == expected


# The figure, against gradients

WASTEFUL = [
    ["{Conv2d: [2, 3, 1, 1]}", "{Conv2d: [2, 3, 1, 1]}", "AvgPool2d: 4"],
    ["{Conv2d: [2, 3]}", "ReLU", "{Conv2d: [3, 3]}", "{Conv2d: [2, 1, 3]}"],
    ["{Conv2d: [2, 3, 1, 1]}", "{ZeroPad2d: {padding: [-2, 0, -1, 0]}}"],
    ["{Residual: [{Conv2d: [1, 3, 1, 1]}]}", "{Conv2d: [1, 2, 3]}"],
    [
        "{Concat: [[{Conv2d: [1, 3, 1, 1]}, {Conv2d: [1, 3, 1, 1]}], [{Conv2d: [1, 5, 1, 2]}]]}",
        "AvgPool2d: 5",
    ],
    [
        "{Gate: {branches: [[{Conv2d: [1, 3, 1, 1]}], [{Conv2d: [1, 14]}, ReLU], "
        "[{Conv2d: [1, 1]}]]}}",
        "AvgPool2d: 4",
    ],
    ["{Conv2d: [2, 3, 1, 1]}", "Slice: {dim: 1, start: 1, step: 3}"],
]


@pytest.mark.parametrize("entries", WASTEFUL)
def test_wasted_macs_are_those_of_outputs_without_a_gradient(entries: list[str]) -> None:
    text = net(*entries, shape="[1, 14, 14]")
    (message,) = messages(text, "wasted-positions")
    plan = compiler.compile(parse(text, "spec.yaml"))
    model = module(plan.root).double()
    outputs: dict[str, torch.Tensor] = {}

    def keep(name: str, y: torch.Tensor) -> None:
        y.retain_grad()
        outputs[name] = y

    for name, part in model.named_modules():
        if isinstance(part, nn.Conv2d):
            nn.init.ones_(part.weight)
            part.register_forward_hook(lambda _, __, y, name=name: keep(name, y))
    model(torch.ones(1, *plan.input, dtype=torch.float64)).sum().backward()
    macs = {leaf.name: leaf.macs for leaf in plan.leaves}
    wasted = sum(
        macs[name] * int((y.grad[0, 0] == 0).sum()) // y[0, 0].numel()
        for name, y in outputs.items()
        if y.grad is not None
    )
    assert wasted > 0
    assert f"{wasted:,} MACs wasted" in message
