"""Losses and right answers where a sample has shares of classes, and not one of them."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from netspec.runner.together.world import mass


class Shared:
    """The loss of a classifier for shares: the mean of what it is for each class by its share."""

    def __init__(self, loss_of: nn.Module) -> None:
        self.weight: Tensor | None = getattr(loss_of, "weight", None)
        self._smoothing: float = getattr(loss_of, "label_smoothing", 0.0)

    def __call__(self, y: Tensor, shares: Tensor) -> Tensor:
        # Logarithms of shares stay what they are, so that it is NLLLoss as well. Torch's mean would
        # leave the weights out of what it divides by.
        total = functional.cross_entropy(
            y.float(), shares, self.weight, reduction="sum", label_smoothing=self._smoothing
        )
        return total / mass(self, shares)


def rightness(y: Tensor, answers: Tensor) -> Tensor:
    """How many answers are right; with shares an answer is right by the share of its class."""
    given = y.argmax(1)
    if answers.is_floating_point():
        return answers.gather(1, given[:, None]).sum()
    return (given == answers).sum()
