"""Legal numbers far from any sensible ones: training ends in a message, never in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from netspec.diagnostic import NetspecError
from netspec.runtime.diverged import take_step
from netspec.runtime.optimize import optimizer
from netspec.runtime.train import Result, train
from netspec.source import parse
from netspec.training import OPTIMIZERS

SPEC = """
input: [1, 8, 8]
layers: [{Conv2d: [4, 3]}, ReLU, Flatten, {Linear: 10}]
train: {data: {dataset: digits%s}, batch_size: 500, epochs: 2, optimizer: SGD}
"""


def run(folder: Path, data: str) -> Result:
    return train(parse(SPEC % data, "tiny.yaml"), folder, "cpu", folder / "runs")


BEYOND = [
    *({name: {"lr": 3.4e38, "weight_decay": 3.5e38}} for name in OPTIMIZERS.words),
    {"Adam": {"lr": 1e38}}, {"SGD": {"lr": 1e300}}, {"RMSprop": {"alpha": 1e39}},
    {"SGD": {"momentum": 0.9, "dampening": -1e39}},
]  # fmt: skip


@pytest.mark.parametrize("written", BEYOND, ids=str)
def test_a_step_beyond_float32_is_said_with_its_place(written: Any) -> None:
    model = nn.Linear(2, 2)
    descent = optimizer(OPTIMIZERS.read(written), model)
    name = next(iter(written))
    with pytest.raises(NetspecError, match=f"^{name} leaves the range .* at step . of epoch 4$"):  # noqa: PT012
        for step in 1, 2:  # the first of some has no momentum yet
            model(torch.ones(1, 2)).sum().backward()
            take_step(descent, step, 4)


def test_another_error_of_an_optimizer_is_not_taken_for_it() -> None:
    model = nn.Linear(2, 2)
    descent = optimizer(OPTIMIZERS.read("SGD"), model)
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight).to_sparse()
    descent.param_groups[0].update(momentum=0.9, weight_decay=1.0)
    with pytest.raises(RuntimeError, match="parse"):
        take_step(descent, 1, 1)


@pytest.mark.parametrize(
    "data",
    [
        ", mean: [0], std: [1.0e-45]",
        ", augment: [{RandomErasing: {p: 1, value: 3.4e+38}}]",
    ],
    ids=["std", "augment"],
)
def test_where_the_input_is_not_finite_the_hint_is_about_the_data(
    tmp_path: Path, data: str
) -> None:
    with pytest.raises(NetspecError, match="the input is the first that is not finite") as caught:
        run(tmp_path, data)
    assert "train.data" in str(caught.value.help)
    assert "learning rate" not in str(caught.value.help)
