"""Losses of shares of classes: the mean, by its share, of what torch has for each class."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional
from waits import Waits

from netspec import compiler
from netspec.runner.loop.shares import Shared
from netspec.runner.loop.step import Step
from netspec.runner.tasks.classification import right
from netspec.runner.together.world import ALONE, mass

N, CLASSES = 12, 4
WEIGHT = torch.tensor([1, 5, 0.5, 2])
LOSSES: dict[str, nn.Module] = {
    "plain": nn.CrossEntropyLoss(),
    "smoothed": nn.CrossEntropyLoss(label_smoothing=0.1),
    "weighted": nn.CrossEntropyLoss(WEIGHT),
    "both": nn.CrossEntropyLoss(WEIGHT, label_smoothing=0.1),
    "logarithms": nn.NLLLoss(),
    "weighted logarithms": nn.NLLLoss(WEIGHT),
}
SPEC = """
input: [4]
layers: [{Linear: 4}]
train:
  data: {dataset: npz, path: own.npz, mix: [MixUp]}
  batch_size: 12
  epochs: 1
  optimizer: SGD
  accumulate: 5
"""


def shares() -> Tensor:
    return torch.rand(N, CLASSES, generator=torch.Generator().manual_seed(1)).softmax(1)


@pytest.fixture
def y() -> Tensor:
    return torch.randn(N, CLASSES, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", LOSSES)
def test_a_whole_share_is_torchs_loss_of_that_class(y: Tensor, name: str) -> None:
    loss_of, labels = LOSSES[name], torch.arange(N) % CLASSES
    y = y.log_softmax(1) if isinstance(loss_of, nn.NLLLoss) else y
    found = Shared(loss_of)(y, functional.one_hot(labels, CLASSES).float())
    torch.testing.assert_close(found, loss_of(y, labels))


@pytest.mark.parametrize("name", LOSSES)
def test_shares_are_a_mean_over_samples_of_each_class_that_count_by_them(
    y: Tensor, name: str
) -> None:
    loss_of, parts = LOSSES[name], shares()
    y = y.log_softmax(1) if isinstance(loss_of, nn.NLLLoss) else y
    total, counted = torch.zeros(()), torch.zeros(())
    for sample, of in zip(y, parts, strict=True):
        for label in range(CLASSES):
            one = torch.tensor([label])
            whole = mass(loss_of, one) * of[label]
            total, counted = total + loss_of(sample[None], one) * whole, counted + whole
    torch.testing.assert_close(Shared(loss_of)(y, parts), total / counted)


@pytest.mark.parametrize("loss", ["plain", "both"])
def test_gradients_of_parts_add_up_to_those_of_the_batch(y: Tensor, loss: str) -> None:
    plan, model = compiler.compile(text=SPEC), nn.Linear(4, 4)
    Shared(LOSSES[loss])(model(y), shares()).backward()
    wanted = [weight.grad for weight in model.parameters()]
    step = Step(plan.train, model, ALONE, LOSSES[loss])
    for x, answers in step.parts(y, shares(), N):
        step.backward(step.forward(x, answers)[1])
    for weight, grad in zip(model.parameters(), wanted, strict=True):
        torch.testing.assert_close(weight.grad, grad)


def test_an_answer_is_right_by_the_share_of_its_class() -> None:
    y = torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 1.0, 0.0]])
    parts = torch.tensor([[0.75, 0.25, 0], [0.5, 0.5, 0], [0, 1, 0]])
    first, two = y.argmax(1, keepdim=True), y.topk(2, 1).indices
    assert (float(right(first, parts)), float(right(two, parts))) == (1.75, 2.5)
    labels = torch.tensor([0, 0, 1])
    assert (int(right(first, labels)), int(right(two, labels))) == (2, 2)


@pytest.mark.parametrize("name", ["plain", "both"])
def test_a_gpu_does_not_wait_for_it(name: str) -> None:
    loss_of: Any = Shared(LOSSES[name])
    with FakeTensorMode(allow_non_fake_inputs=True), Waits():
        if loss_of.weight is not None:
            loss_of.weight = torch.rand(CLASSES, device="cuda")
        y, parts = (torch.rand(N, CLASSES, device="cuda") for _ in range(2))
        found = loss_of(y, parts) + right(y.argmax(1, keepdim=True), parts)
    assert found.device.type == "cuda"
