"""Random numbers that do not depend on how many processes share a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor


@dataclass(frozen=True, slots=True)
class Chance:
    """Draws for a whole batch and keeps the numbers of one part of it."""

    generator: Generator
    whole: int
    part: slice

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        """(n, *shape) between 0 and 1 for the n samples of the part."""
        generator = self.generator
        drawn = torch.rand(
            self.whole, *shape, generator=generator, device=generator.device, dtype=dtype
        )
        return drawn[self.part]
