"""The loss of answers that are given for each pixel."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from netspec.runner.data.augment import LEFT_OUT


class PixelLoss(nn.Module):
    """A loss of classes over the pixels that count, 0 where none does."""

    weight: Tensor
    """(256,), what a pixel with each number in a mask counts."""

    def __init__(self, of: nn.Module) -> None:
        """`of` is torch's loss; its weights of classes stay."""
        super().__init__()
        self._of = of
        of.reduction, of.ignore_index = "sum", LEFT_OUT  # type: ignore[assignment]
        told = getattr(of, "weight", None)
        weight = torch.ones(256) if told is None else told.new_zeros(256)
        if told is not None:
            weight[: len(told)] = told
        weight[LEFT_OUT] = 0
        self.register_buffer("weight", weight)

    def mass(self, masks: Tensor) -> Tensor:
        """What pixels of these classes count in a mean of losses."""
        counted = self.weight[masks.long()].sum()
        # Not 0: a batch in which nothing counts has a loss, and that is 0.
        return counted.clamp(min=torch.finfo(counted.dtype).tiny)

    def forward(self, y: Tensor, masks: Tensor) -> Tensor:
        summed: Tensor = self._of(y, masks.long())
        return summed / self.mass(masks)
