"""Legal numbers far from any sensible ones: training ends in a message, never in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from netspec.diagnostic import NetspecError, SpecError
from netspec.language.training import OPTIMIZERS
from netspec.runner.loop.diverged import take_step
from netspec.runner.loop.optimize import optimizer
from netspec.runner.train import Result, train
from netspec.source import parse

SPEC = """
input: [1, 8, 8]
layers: [{Conv2d: [4, 3]}, ReLU, Flatten, {Linear: 10}]
train: {data: {dataset: digits%s}, batch_size: 500, epochs: 2, optimizer: SGD}
"""


def run(folder: Path, data: str = "", more: str = "SGD") -> Result:
    text = (SPEC % data).replace("SGD", more)
    return train(parse(text, "tiny.yaml"), folder, "cpu", folder / "runs")


WHOLE = [name for name, traits in OPTIMIZERS.traits.items() if traits.fused]
"""Steps that torch takes in one operation, which gives infinite weights in place of an error."""
BEYOND = [
    *(
        {name: {"lr": 3.4e38, "weight_decay": 3.5e38}}
        for name in OPTIMIZERS.words
        if name not in WHOLE and "weight_decay" in OPTIMIZERS.model(name).model_fields
    ),
    {"RMSprop": {"alpha": 1e39}},
]


@pytest.mark.parametrize("written", BEYOND, ids=str)
def test_a_step_beyond_float32_is_said_with_its_place(written: Any) -> None:
    model = nn.Linear(2, 2)
    descent = optimizer(OPTIMIZERS.read(written), model)
    name = next(iter(written))
    with pytest.raises(NetspecError, match=f"^{name} leaves the range .* at step . of epoch 4$"):  # noqa: PT012
        for step in 1, 2:  # the first of some has no momentum yet
            model(torch.ones(1, 2)).sum().backward()
            take_step(descent, step, 4)


@pytest.mark.parametrize("name", WHOLE)
def test_a_step_in_one_operation_gives_weights_that_are_not_finite(name: str) -> None:
    model = nn.Linear(2, 2)
    descent = optimizer(OPTIMIZERS.read({name: {"lr": 3.4e38, "weight_decay": 3.5e38}}), model)
    for step in 1, 2:
        model(torch.ones(1, 2)).sum().backward()
        take_step(descent, step, 1)
    assert not model.weight.isfinite().all()


def test_another_error_of_an_optimizer_is_not_taken_for_it() -> None:
    model = nn.Linear(2, 2)
    descent = optimizer(OPTIMIZERS.read("RMSprop"), model)
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight).to_sparse()
    with pytest.raises(RuntimeError, match="RMSprop does not support sparse"):
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


RUNS = {
    "{Adam: {lr: 1.0e+38}}": "loss is nan at step 2 of epoch 1, the output of 0 is the first "
    "that is not finite",
    "{Adamax: {lr: 1.0e+38}}": "Adamax leaves the range of float32 at step 1 of epoch 1",
    "SGD, scheduler: {OneCycleLR: {max_lr: 0.1, pct_start: 0.16666666666666666, "
    "cycle_momentum: false}}": "pct_start 0.166667 of 6 steps is one step, which is no rise",
}


@pytest.mark.parametrize("more", RUNS)
def test_a_run_that_torch_cannot_work_out_ends_in_a_message(tmp_path: Path, more: str) -> None:
    with pytest.raises(NetspecError) as caught:
        run(tmp_path, more=more)
    assert (str(caught.value), caught.value.exit_code) == (RUNS[more], 3)


REFUSED = {
    "{Adagrad: {initial_accumulator_value: 1.0e+39}}": "initial_accumulator_value",
    "SGD, clip_grad_value: 1.0e+39": "clip_grad_value",
    "SGD, scheduler: {ConstantLR: 0}": "factor",
    "Adam, scheduler: {OneCycleLR: {max_lr: 0.1, max_momentum: 1}}": "max_momentum",
    "{RMSprop: {momentum: 0.9}}, scheduler: {OneCycleLR: {max_lr: 0.1, base_momentum: 0.5, "
    "max_momentum: 0}}": "base_momentum",
}


@pytest.mark.parametrize("more", REFUSED)
def test_what_torch_cannot_do_with_any_weights_is_refused_in_the_spec(
    tmp_path: Path, more: str
) -> None:
    with pytest.raises(SpecError) as caught:
        run(tmp_path, more=more)
    (found,) = caught.value.diagnostics
    assert REFUSED[more] in found.message
    assert not (tmp_path / "runs").exists()
