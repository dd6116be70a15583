"""Losses where a sample has shares of classes, and not one of them."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from netspec.runner.together.world import Mass


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
        return total / self.mass(shares)

    def mass(self, shares: Tensor) -> Mass:
        """What samples with such shares count in a mean of losses."""
        # Not a product of matrices, which autocast rounds.
        return len(shares) if self.weight is None else (shares * self.weight).sum()
