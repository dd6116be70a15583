"""What training a network holds."""

from __future__ import annotations

import yaml
from plans import CONV, plan_of

from netspec import compiler, source
from netspec.compiler import memory
from netspec.language.training import Train
from netspec.render.table import render, size_text


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
