"""Leaves of netspec's own that vision transformers are made of."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SelfAttention(nn.MultiheadAttention):
    """torch's attention of positions to each other, with one input and without its weights."""

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(N, L, E) to itself."""
        if x.dim() != 3:
            raise ValueError(f"attention reads (N, L, E), not {tuple(x.shape)}")
        y: Tensor = super().forward(x, x, x, need_weights=False)[0]
        return y

    def extra_repr(self) -> str:
        """Its arguments."""
        return f"{self.embed_dim}, num_heads={self.num_heads}, dropout={self.dropout}"


class ClassToken(nn.Module):
    """A learnt position before the others."""

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, 1, embed_dim))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin anew."""
        nn.init.zeros_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(N, L, E) to (N, 1 + L, E)."""
        return torch.cat([self.weight.expand(x.shape[0], -1, -1), x], 1)

    def extra_repr(self) -> str:
        """How long it is."""
        return str(self.weight.shape[-1])


class PositionEmbedding(nn.Module):
    """x plus a learnt number for each of its elements."""

    def __init__(self, shape: tuple[int, ...], std: float = 0.02) -> None:
        super().__init__()
        if std < 0:
            raise ValueError("a spread is not negative")
        self.std = std
        self.weight = nn.Parameter(torch.empty(1, *shape))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin anew."""
        nn.init.normal_(self.weight, std=self.std)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to itself."""
        if x.shape[1:] != self.weight.shape[1:]:
            ours, theirs = tuple(self.weight.shape[1:]), tuple(x.shape[1:])
            raise ValueError(f"samples are {ours}, not {theirs}")
        return x + self.weight

    def extra_repr(self) -> str:
        """What it is added to, and the spread of what it begins with."""
        return f"{tuple(self.weight.shape[1:])}, std={self.std}"
