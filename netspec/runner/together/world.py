"""The processes that train one network together: here the world of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import torch
from torch import Generator, Tensor, nn

from netspec.diagnostic import NetspecError
from netspec.network.device import CPU
from netspec.runner.together.chance import Chance

T = TypeVar("T")
LossOf = Callable[[Tensor, Tensor], Tensor]


class Lost(NetspecError):
    """Another process of the run ended."""


Mass = int | Tensor
"""Samples that count alike, or the sum of the weights of their classes."""


def mass(loss_of: LossOf, labels: Tensor) -> Mass:
    """What samples of these classes count in a mean of losses.

    A loss that has a `mass` of its own says so itself.
    """
    own: Callable[[Tensor], Mass] | None = getattr(loss_of, "mass", None)
    if own is not None:
        return own(labels)
    weight: Tensor | None = getattr(loss_of, "weight", None)
    return len(labels) if weight is None else weight[labels].sum()


@dataclass(frozen=True)
class World:
    """What a process does of the common work: all of it, where it is alone."""

    device: torch.device = CPU
    rank: int = 0
    size: int = 1
    local_rank: int = 0
    """Among the processes on this machine."""
    local_size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def part(self, whole: int) -> slice:
        """Which of `whole` samples are this process's; parts differ by one at most."""
        return slice(whole * self.rank // self.size, whole * (self.rank + 1) // self.size)

    def chance(self, generator: Generator, whole: int) -> Chance:
        """Draws for this process's part of a batch of `whole`."""
        return Chance(generator, whole, self.part(whole))

    def join(self, model: nn.Module) -> nn.Module:
        """What to call in training: gradients are then those of the whole batch."""
        return model

    def loss(self, loss_of: LossOf, y: Tensor, labels: Tensor, whole: Mass) -> Tensor:
        """The part's share of the mean loss over a batch of `whole`: shares add up to it."""
        loss, part = loss_of(y, labels), mass(loss_of, labels)
        return loss if isinstance(part, int) and part == whole else loss * (part / whole)

    def backward(self, loss: Tensor) -> None:
        loss.backward()  # type: ignore[no-untyped-call]

    def sum(self, x: Tensor) -> Tensor:
        """Add up in place over all processes."""
        return x

    def any(self, *mine: object) -> list[bool]:
        """Of each, whether it is true in a process; all get the same answer."""
        return list(map(bool, mine))

    def gather(self, x: Tensor) -> list[Tensor]:
        """The tensor of every process, by rank; it is on the CPU and of one shape."""
        return [x]

    def same(self, model: nn.Module) -> None:
        """Give every process the running statistics of the first."""

    def once(self, make: Callable[[], T]) -> T:
        """What `make` gives the first process, for all."""
        return make()

    def in_turn(self, make: Callable[[], T]) -> T:
        """What `make` gives; on every machine one process is through before others begin."""
        return make()


ALONE = World()
