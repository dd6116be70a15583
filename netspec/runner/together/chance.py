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
    before: bool = False
    """Whether the sample before the part is in it, too."""

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        """(n, *shape) between 0 and 1 for the n samples of the part."""
        generator = self.generator
        drawn = torch.rand(
            self.whole, *shape, generator=generator, device=generator.device, dtype=dtype
        )
        return piece(drawn, self.part, self.before)

    def beta(self, alpha: float) -> Tensor:
        """(n,) in float64 from the beta distribution of `alpha` twice, for each of the part."""
        both = torch.full((self.whole, 2), alpha, dtype=torch.float64, device=self.generator.device)
        # What torch's Beta draws by; only this takes a generator.
        drawn = torch._sample_dirichlet(both, generator=self.generator)
        return piece(drawn[:, 0], self.part, self.before)


@dataclass(frozen=True, slots=True)
class Noted(Chance):
    """The draws of another, which can be had once more."""

    chance: Chance = field(kw_only=True)
    notes: list[Tensor] = field(default_factory=list)

    @classmethod
    def of(cls, chance: Chance) -> Self:
        return cls(chance.generator, chance.whole, chance.part, chance.before, chance=chance)

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        self.notes.append(self.chance.draw(*shape, dtype=dtype))
        return self.notes[-1]

    def again(self) -> Again:
        """The same draws, in the same order."""
        return Again(self.generator, self.whole, self.part, self.before, notes=iter(self.notes))


@dataclass(frozen=True, slots=True)
class Again(Chance):
    """What was drawn before."""

    notes: Iterator[Tensor] = field(kw_only=True)

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        return next(self.notes)


def piece(whole: Tensor, part: slice, before: bool) -> Tensor:
    """A part of a batch, with the sample `before` it where asked for: the last before the first."""
    if not before:
        return whole[part]
    return torch.cat((whole[-1:], whole))[part.start : part.stop + 1]
