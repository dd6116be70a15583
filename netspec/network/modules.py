"""Modules that torch does not have. Composites take their children by name, in order.

An exported file has the source of what it uses: everything here is torch alone, and its lines are
no longer than others keep them (88).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn


class Paths(nn.Module):
    """A module of paths, each a child of its own."""

    if TYPE_CHECKING:  # torch.jit.script does not know types of children
        body: nn.Module
        shortcut: nn.Module

    def __init__(self, children: Mapping[str, nn.Module]) -> None:
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)


class Residual(Paths):
    """body(x) + shortcut(x), or the sum of all branches."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to the shape that all paths give."""
        ends: list[Tensor] = [path(x) for path in self.children()]
        y = ends[0]
        for end in ends[1:]:
            y = torch.add(y, end)
        return y


class Concat(Paths):
    """Every branch of x, put together along the channels."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, *) to (N, sum of the branches' channels, *)."""
        return torch.cat([branch(x) for branch in self.children()], dim=1)


class Gate(Paths):
    """x * body(x), or the product of all branches, broadcast."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, *) to the shape of x, or of the first branch."""
        ends: list[Tensor] = [path(x) for path in self.children()]
        y = x if len(ends) == 1 else ends[0]
        for end in ends if len(ends) == 1 else ends[1:]:
            y = torch.mul(y, end)
        return y


class Graph(Paths):
    """Paths that read each other by name; the last one's output is that of all."""

    def __init__(
        self,
        children: Mapping[str, nn.Module],
        wires: Mapping[str, tuple[Sequence[str], str | None]],
    ) -> None:
        """`wires` says what each child reads, and how several are joined."""
        super().__init__(children)
        self.wires = dict(wires)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to what the last path gives."""
        found = {"input": x}
        for name, (reads, join) in self.wires.items():
            first, *rest = (found[source] for source in reads)
            if join == "concat":
                first = torch.cat([first, *rest], dim=1)
            else:
                for other in rest:
                    first = first * other if join == "multiply" else first + other
            found[name] = self.get_submodule(name)(first)
        return found[name]

    def extra_repr(self) -> str:
        """What each path reads."""
        wires = self.wires.items()
        rows = [f"{n} <- {f' {join} '.join(reads)}" for n, (reads, join) in wires]
        return ", ".join(rows)


class Normalize(nn.Module):
    """(x - mean) / std; the state_dict has neither."""

    if TYPE_CHECKING:
        mean: Tensor
        std: Tensor

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        shape: Sequence[int],
    ) -> None:
        """`mean` and `std` are of each channel, `shape` is that of one sample."""
        super().__init__()
        for name, figures in (("mean", mean), ("std", std)):
            each = torch.tensor(figures)
            if len(shape) > 1:
                each = each.view(-1, *[1] * (len(shape) - 1))
            else:
                each = each.repeat_interleave(prod(shape) // len(figures))
            self.register_buffer(name, each, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to itself."""
        return (x - self.mean) / self.std
