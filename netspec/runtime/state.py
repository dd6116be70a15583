"""Everything that changes while training, so that it can be saved and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer

from netspec.runtime.optimize import Schedule


@dataclass(slots=True)
class State:
    model: nn.Module
    optimizer: Optimizer
    schedule: Schedule
    shuffle: Generator
    """Draws the order of samples, on the CPU."""
    chance: Generator
    """Draws augmentations, on the device."""
    losses: Tensor
    """Loss of each step of the epoch; those to come are 0."""
    right: Tensor
    """Right answers of each step."""
    epoch: int = 0
    """Epochs that are done."""
    step: int = 0
    """Steps that are done in the epoch after them."""

    def next_epoch(self) -> None:
        self.epoch, self.step = self.epoch + 1, 0
        self.losses.zero_()
        self.right.zero_()

    def state_dict(self, order: Tensor) -> dict[str, Any]:
        """Return it; `order` is the state of `shuffle` before the epoch that is not done."""
        cuda = torch.cuda.get_rng_state() if self.chance.device.type == "cuda" else None
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "shuffle": order,
            "chance": self.chance.get_state(),
            "torch": torch.get_rng_state(),
            "cuda": cuda,
            "losses": self.losses,
            "right": self.right,
            "epoch": self.epoch,
            "step": self.step,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.shuffle.set_state(state["shuffle"])
        self.chance.set_state(state["chance"])
        torch.set_rng_state(state["torch"])
        if state["cuda"] is not None:
            torch.cuda.set_rng_state(state["cuda"])
        self.losses.copy_(state["losses"])
        self.right.copy_(state["right"])
        self.epoch, self.step = state["epoch"], state["step"]
