"""Everything that changes while training, so that it can be saved and taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer

from netspec.runner.data.contents import Contents
from netspec.runner.loop.average import Average
from netspec.runner.loop.optimize import Schedule
from netspec.runner.run import untrusted as trust
from netspec.runner.tasks.base import Gauge
from netspec.runner.together.world import World

_APART = ("schedule", "files")
"""What follows from the rest, as earlier versions saved it, and what is held against files."""


@dataclass(slots=True)
class State:
    model: nn.Module
    optimizer: Optimizer
    schedule: Schedule
    average: Average
    shuffle: Generator
    """Draws the order of samples, on the CPU."""
    chance: Generator
    """Draws augmentations, on the device."""
    losses: Tensor
    """This process's share in the loss of each step of the epoch; those to come are 0."""
    gauge: Gauge
    """This process's share in the figures of the epoch."""
    contents: Mapping[str, Contents]
    """What is known of image files, by the part of the data."""
    world: World
    epoch: int = 0
    """Epochs that are done."""
    step: int = 0
    """Steps that are done in the epoch after them."""
    seconds: float = 0.0
    """Time spent on them."""

    def next_epoch(self) -> None:
        self.epoch, self.step, self.seconds = self.epoch + 1, 0, 0.0
        self.losses.zero_()
        self.gauge.zero()

    def state_dict(self, order: Tensor) -> dict[str, Any]:
        """All of it; `order` is the state of `shuffle` before the epoch that is not done."""
        device = self.chance.device
        cuda = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
        files = {name: part.state_dict(self.world) for name, part in self.contents.items()}
        return {
            **({"files": files} if files else {}),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "shuffle": order,
            "chance": self.chance.get_state(),
            "torch": self.world.gather(torch.get_rng_state()),
            "cuda": None if cuda is None else self.world.gather(cuda),
            "losses": self.world.sum(self.losses[: self.step].clone()),
            **self.gauge.saved(self.step, self.world),
            "epoch": self.epoch,
            "step": self.step,
            "seconds": self.seconds,
        }

    def load_state_dict(
        self, state: dict[str, Any], kept: dict[str, Any], judged: Sequence[tuple[float, float]]
    ) -> None:
        """Take up a saved state once all of it is known to fit; NetspecError where it does not.

        `kept` is what the optimizer keeps for a weight of one number, `judged` the loss and the
        rising figure of each epoch that is done.
        """
        state = {name: value for name, value in state.items() if name not in _APART}
        self._check(state, kept)
        self.model.load_state_dict(state["model"])
        groups = [{**group} for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state["optimizer"])
        # Rates and the like are the spec's, not those that the run began with.
        for group, said in zip(self.optimizer.param_groups, groups, strict=True):
            group.update(said)
        self.schedule.forward(judged, state["step"])
        self.average.load_state_dict(state["average"])
        self.shuffle.set_state(state["shuffle"])
        if state["chance"] is not None:
            self.chance.set_state(state["chance"])
        rank = self.world.rank
        # A process that was not there keeps the state that its seed gave it.
        if rank < len(state["torch"]):
            torch.set_rng_state(state["torch"][rank])
        if state["cuda"] is not None and rank < len(state["cuda"]):
            torch.cuda.set_rng_state(state["cuda"][rank], self.chance.device)
        self.epoch, self.step, self.seconds = state["epoch"], state["step"], state["seconds"]
        # What was added up is one process's, so that the next sum is right.
        self.losses[: self.step] = state["losses"] * self.world.leads
        self.gauge.load(state, self.step, self.world.leads)

    def _check(self, state: dict[str, Any], kept: dict[str, Any]) -> None:
        expected = self.state_dict(self.shuffle.get_state())
        expected.pop("files", None)
        step = state.get("step")
        if type(step) is not int or not 0 <= step < len(self.losses):
            raise trust.refused(f"an epoch has no step {step}")
        expected |= {"losses": self.losses[:step], **self.gauge.until(step)}
        if state.get("chance") is None:  # the run was on another kind of device
            expected["chance"] = expected["cuda"] = None
        for name in ("torch", "cuda"):  # as many as there were processes
            if isinstance(expected[name], list) and isinstance(state.get(name), list):
                expected[name] = expected[name][:1] * len(state[name])
        weights = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        found = state.get("optimizer")
        indexes = found.get("state", ()) if isinstance(found, dict) else ()
        # Nothing is kept for a weight before its first step.
        expected["optimizer"]["state"] = {
            index: {name: _kept(value, weights[index]) for name, value in kept.items()}
            for index in indexes
            if index in range(len(weights))
        }
        trust.same(_outline(expected), state, "state")


def _kept(value: Any, weight: Tensor) -> Any:
    """What is kept for `weight`, from what is kept for a weight of one number."""
    if isinstance(value, Tensor) and value.dim():
        return torch.empty(weight.shape, dtype=value.dtype, device="meta")
    return value


def _outline(state: Any) -> Any:
    """Shapes and dtypes in place of tensors, which may be on a device."""
    if isinstance(state, Tensor):
        return state.to("meta")
    if isinstance(state, list):
        return [_outline(value) for value in state]
    if isinstance(state, dict):
        return {key: _outline(value) for key, value in state.items()}
    return state
