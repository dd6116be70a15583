"""Random numbers that do not depend on how many processes share a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

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


@dataclass(frozen=True, slots=True)
class Noted(Chance):
    """The draws of another, which can be had once more."""

    chance: Chance
    notes: list[Tensor] = field(default_factory=list)

    @classmethod
    def of(cls, chance: Chance) -> Self:
        return cls(chance.generator, chance.whole, chance.part, chance)

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        self.notes.append(self.chance.draw(*shape, dtype=dtype))
        return self.notes[-1]

    def again(self) -> Again:
        """The same draws, in the same order."""
        return Again(self.generator, self.whole, self.part, iter(self.notes))


@dataclass(frozen=True, slots=True)
class Again(Chance):
    """What was drawn before."""

    notes: Iterator[Tensor]

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        return next(self.notes)
