"""What training a network holds."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import yaml
from plans import CONV, plan_of
from torch import nn

from netspec import compiler, source
from netspec.compiler import memory
from netspec.language.training import Part, Train
from netspec.render.table import render, size_text


@pytest.mark.parametrize(
    ("optimizer", "arguments"),
    [
        ("SGD", {}), ("SGD", {"momentum": 0.9}), ("Adam", {}), ("Adam", {"amsgrad": True}),
        ("AdamW", {}), ("NAdam", {}), ("RAdam", {}), ("RMSprop", {}),
        ("RMSprop", {"momentum": 0.9, "centered": True}), ("Adagrad", {}), ("Adadelta", {}),
        ("Adamax", {}),
    ],
)  # fmt: skip
def test_an_optimizer_keeps_as_many_numbers_as_torchs(
    optimizer: str, arguments: dict[str, Any]
) -> None:
    weight = nn.Parameter(torch.rand(7, 3))
    torchs = getattr(torch.optim, optimizer)([weight], lr=0.1, **arguments)
    weight.grad = torch.rand(7, 3)
    torchs.step()
    state = [t.numel() for t in torchs.state[weight].values() if isinstance(t, torch.Tensor)]
    numbers = sum(count for count in state if count > 1)
    assert memory.state(Part(optimizer, arguments)) * weight.numel() == numbers


def test_training_holds_weights_gradients_state_and_what_autograd_keeps() -> None:
    plan = plan_of((4, 6, 6), [CONV, "BatchNorm2d"])
    train = {"data": {"dataset": "digits"}, "batch_size": 10, "epochs": 1, "optimizer": "Adam"}
    held = memory.training(plan.root, Train.model_validate(train))
    weights, images, statistics = 4 * 28, 4 * 4 * 36, 4 * 9
    assert held == (weights, statistics, weights, 2 * weights, 0, 10 * 2 * images + 32)
    assert held.total == sum(held)


def test_a_report_tells_what_training_holds() -> None:
    layers = [{"Conv2d": [4, 3]}, "ReLU", "Flatten", {"Linear": 10}]
    train = {
        "data": {"dataset": "MNIST"}, "epochs": 1, "batch_size": 100, "optimizer": {"Adam": {}}
    }  # fmt: skip
    given = {"input": [1, 9, 9], "layers": layers}
    alone, trained = (
        render(compiler.compile(source.parse(yaml.safe_dump(spec), "spec.yaml")))
        for spec in (given, given | {"train": train})
    )
    sample = 4 * (81 + 4 * 49)
    # Weights, gradients and Adam's two numbers for each weight, and a hundred samples.
    total = 4 * 2010 * 4 + 100 * sample
    assert f"training         {size_text(sample)} a sample for the backward pass\n" in alone
    assert "batch size" not in alone
    assert (
        f"{size_text(total)} at batch size 100, with {size_text(4 * 2010)} of weights and "
        f"{size_text(2 * 4 * 2010)} of Adam state\n"
    ) in trained
