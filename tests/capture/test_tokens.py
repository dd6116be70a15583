"""Vision transformers, and convolutions whose channels stand last."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import netspec

pytestmark = pytest.mark.usefixtures("one_thread")


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)
        self.mlp = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        y, _ = self.attention(y, y, y, need_weights=False)
        x = x + y
        return x + self.mlp(x)


class Vit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.position = nn.Parameter(torch.randn(1, 5, 8))
        self.encoders = nn.Sequential(Encoder(), Encoder())
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(len(x), -1, -1), x), dim=1) + self.position
        return torch.as_tensor(self.head(self.encoders(x)[:, 0]))


def test_a_vision_transformer_is_carried_over() -> None:
    text = netspec.from_module(Vit(), input=(3, 8, 8)).text
    for part in (
        "Permute: [1, 0]", "ClassToken", "PositionEmbedding", "attention, SelfAttention: [2, 0.1]",
        "{repeat: 2, encoder: }", "Select: [0, 0]",
    ):  # fmt: skip
        assert part in text
