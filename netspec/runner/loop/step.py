"""One step of training: a batch forward and back, then the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from netspec.language.training import Train
from netspec.runner.loop import parts
from netspec.runner.loop.diverged import take_step
from netspec.runner.loop.optimize import clip, optimizer
from netspec.runner.loop.optimize import parts as taken
from netspec.runner.loop.shares import Shared
from netspec.runner.together.world import LossOf, Mass, World, mass


class Step:
    """What a step is made of, for a model where its data is."""

    def __init__(self, train: Train, model: nn.Module, world: World, loss_of: nn.Module) -> None:
        self._train, self._model, self._world = train, model, world
        parts.freeze(train.freeze, model)
        self._network = world.join(model)
        self.loss_of = loss_of
        self._learnt: LossOf = Shared(loss_of) if train.data.mix else loss_of
        own = parts.groups(train, model) if train.freeze or train.groups else []
        self.optimizer = optimizer(train.optimizer, model, own)
        self._mass: Mass = 0
        half = train.precision == "bfloat16"
        self._precision = torch.autocast(world.device.type, torch.bfloat16, enabled=half)

    def train(self) -> None:
        """Put the model into training mode, as far as it is trained."""
        parts.train(self._train.freeze, self._model)

    def parts(self, x: Tensor, labels: Tensor, whole: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The parts to go through one by one, and no gradients yet.

        `x` and `labels`, or shares of classes, are this process's part of a batch of `whole`.
        """
        self.optimizer.zero_grad()
        counted = mass(self._learnt, labels)
        self._mass = whole if isinstance(counted, int) else self._world.sum(counted)
        return taken(x, labels, self._train.accumulate, whole // self._world.size)

    def forward(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """What the network gives for a part, and the part's share in the loss of the batch."""
        with self._precision:
            y = self._network(x)
            return y, self._world.loss(self._learnt, y, labels, self._mass)

    def backward(self, loss: Tensor) -> None:
        """Add a part's gradients to those of the parts before."""
        self._world.backward(loss)

    def take(self, number: int, epoch: int) -> None:
        """Step along the gradients; NetspecError, with the place, beyond float32."""
        clip(self._train, self._model)
        take_step(self.optimizer, number, epoch)
