"""Torch's optimizer, scheduler and loss from their names and arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from warnings import catch_warnings

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler

from netspec.diagnostic import NetspecError
from netspec.language.training import Choice, LossTraits, OptimizerTraits, SchedulerTraits, Train
from netspec.network.device import CPU


def optimizer(
    choice: Choice[OptimizerTraits], model: nn.Module, groups: Sequence[dict[str, Any]] = ()
) -> Optimizer:
    """Torch's optimizer, as one operation over all weights where torch has one.

    It is for all weights of the model, or for those in `groups` at their own rates.
    """
    weights = list(model.parameters())
    fused = choice.traits.fused and weights[0].device.type in ("cpu", "cuda")
    made: Optimizer = getattr(torch.optim, choice.name)(
        list(groups) or weights, **choice.arguments, **({"fused": True} if fused else {})
    )
    return made


def kept(choice: Choice[OptimizerTraits]) -> dict[str, Any]:
    """What an optimizer keeps for a weight of one number, by name."""
    weight = nn.Linear(1, 1, bias=False)
    made = optimizer(choice, weight)
    weight(torch.zeros(1, 1)).sum().backward()
    made.step()
    return dict(made.state_dict()["state"].get(0, {}))


def clip(train: Train, model: nn.Module) -> None:
    """Clip the gradients where the spec says so."""
    if train.clip_grad_norm:
        nn.utils.clip_grad_norm_(model.parameters(), train.clip_grad_norm)
    if train.clip_grad_value:
        nn.utils.clip_grad_value_(model.parameters(), train.clip_grad_value)


def parts(x: Tensor, labels: Tensor, most: int, samples: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The parts of a batch of `samples` or more, of two at least, since batch norm needs two."""
    count = min(most, max(1, samples // 2))
    return zip(x.tensor_split(count), labels.tensor_split(count), strict=True)


class Schedule:
    """A torch scheduler that knows when it is due.

    Nothing of it is saved: where it stands follows from the spec and from the epochs that are done,
    so that a run with more epochs than it began with has the schedule of as many epochs.
    """

    def __init__(
        self,
        choice: Choice[SchedulerTraits] | None,
        optimizer: Optimizer,
        epochs: int,
        steps: int,
    ) -> None:
        """`steps` is the number of batches in an epoch."""
        self.optimizer = optimizer
        self._choice, self._epochs, self._steps = choice, epochs, epochs * steps
        self._each = choice.traits.each if choice else None
        self._made: Any = None
        if choice:
            name, arguments, traits = choice
            self._watched = arguments.get("mode")
            known: dict[str, Any] = {traits.steps: self._steps} if traits.steps else {}
            if traits.length and arguments[traits.length] is None:
                known[traits.length] = epochs
            if traits.peak:  # it counts in place of every group's rate, so each keeps its share
                usual = optimizer.defaults["lr"]
                shares = [group["lr"] / usual if usual else 1 for group in optimizer.param_groups]
                if any(share != 1 for share in shares):
                    known[traits.peak] = [arguments[traits.peak] * share for share in shares]
            try:
                self._made = getattr(lr_scheduler, name)(optimizer, **{**arguments, **known})
            except ZeroDivisionError:  # torch's OneCycleLR cannot rise within its first step
                share = arguments["pct_start"]
                message = (
                    f"pct_start {share:g} of {self._steps} steps is one step, which is no rise"
                )
                raise NetspecError(message, "a larger pct_start, or 0") from None

    @property
    def lr(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def after_batch(self) -> None:
        # Torch refuses the step after the last batch.
        if self._each == "batch" and self._made.last_epoch + 1 < self._steps:
            self._made.step()

    def after_epoch(self, loss: float, rising: float) -> None:
        """`loss`, and `rising` of which more is better, are of what the epoch is judged on."""
        if self._each == "judged":
            self._made.step(rising if self._watched == "max" else loss)
        elif self._each == "epoch":
            self._made.step()

    def forward(self, judged: Sequence[tuple[float, float]], step: int) -> None:
        """Go to where `step` batches of the epoch after those with these figures end."""
        with catch_warnings(action="ignore"):  # torch misses the optimizer's steps
            for loss, rising in judged:
                self.after_epoch(loss, rising)
            done = len(judged) * (self._steps // self._epochs) + step
            if self._each == "batch" and done:
                # Its rate follows from the number of the step alone.
                self._made.last_epoch = min(done, self._steps - 1) - 1
                self._made.step()

    def ended(self, epoch: int) -> str | None:
        """What to know of the epochs after `epoch` where the schedule has no more plan for them."""
        if self._choice is None or epoch >= self._epochs:
            return None
        name, arguments, traits = self._choice
        last = arguments[traits.ends] if traits.ends else None
        last = last[-1] if isinstance(last, list) else last
        if last is None or epoch < last:
            return None
        told = f"{name} came to its end with epoch {last}: the learning rate "
        return told + ("rises again" if traits.returns else f"stays at {self.lr:.3g}")


def criterion(part: Choice[LossTraits], device: torch.device = CPU) -> nn.Module:
    """Torch's loss of a plan, where the network is."""
    told = {key: torch.tensor(one) for key, one in part.arguments.items() if isinstance(one, list)}
    made: nn.Module = getattr(nn, part.name)(**{**part.arguments, **told})
    return made.to(device)
