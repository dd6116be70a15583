"""Weights of classes: torch's own mean, however a batch or a data set is taken apart."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from netspec import compiler
from netspec.language.training.tasks import ACCURACY
from netspec.runner.data.images import Images
from netspec.runner.data.prepare import Prepare
from netspec.runner.loop.evaluate import evaluate
from netspec.runner.loop.optimize import criterion
from netspec.runner.loop.step import Step
from netspec.runner.tasks import of
from netspec.runner.tasks.base import Gauge
from netspec.runner.together.world import ALONE, World

SPEC = """
input: [1, 2, 2]
layers: [Flatten, {Linear: 3}]
train:
  data: {dataset: MNIST, resize: true}
  batch_size: 10
  epochs: 1
  optimizer: SGD
  accumulate: 3
  loss: {CrossEntropyLoss: {weight: [1, 5, 0.5], label_smoothing: 0.1}}
"""
WEIGHT = torch.tensor([1, 5, 0.5])


@pytest.fixture
def images() -> Images:
    chance = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (1100, 1, 2, 2), generator=chance).byte()
    return Images(pixels, torch.randint(3, (1100,), generator=chance))


@pytest.mark.parametrize("processes", [1, 2])
def test_gradients_of_parts_add_up_to_torchs(images: Images, processes: int) -> None:
    plan = compiler.compile(text=SPEC)
    x, labels = images.pixels[:10].float() / 255, images.labels[:10]
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    loss = functional.cross_entropy(model(x), labels, WEIGHT, label_smoothing=0.1)
    loss.backward()
    wanted, total = [weight.grad for weight in model.parameters()], 0.0
    gradients = [torch.zeros_like(grad) for grad in wanted if grad is not None]

    class Other(World):
        """One of several, that knows what all together have."""

        def sum(self, x: torch.Tensor) -> torch.Tensor:
            return WEIGHT[labels].sum()

    for rank in range(processes):
        world = Other(rank=rank, size=processes) if processes > 1 else ALONE
        step = Step(plan.train, model, world, criterion(plan.loss))
        mine = world.part(10)
        for part, answers in step.parts(x[mine], labels[mine], 10):
            _, share = step.forward(part, answers)
            total += float(share.detach())
            share.backward()
        for sum_of, weight in zip(gradients, model.parameters(), strict=True):
            sum_of.add_(weight.grad)
    assert total == pytest.approx(float(loss.detach()), rel=1e-5)
    for found, grad in zip(gradients, wanted, strict=True):
        assert torch.allclose(found, grad, atol=1e-6)


def test_what_is_judged_is_torchs_mean_over_all(images: Images) -> None:
    plan = compiler.compile(text=SPEC)
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    prepare = Prepare(plan.train.data, images, plan.input)
    loss, _ = evaluate(
        model, images, prepare, criterion(plan.loss), Gauge(of("classification"), [ACCURACY], 3)
    )
    y = model(prepare(images.pixels))
    wanted = functional.cross_entropy(y, images.labels, WEIGHT, label_smoothing=0.1)
    assert loss == pytest.approx(float(wanted.detach()), rel=1e-5)
