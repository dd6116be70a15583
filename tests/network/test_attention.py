"""Leaves of netspec's own that vision transformers are made of, against torch's."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from plans import compiled, plan_of
from torch import nn

from netspec.network.attention import ClassToken, PositionEmbedding, SelfAttention
from netspec.network.build import module
from netspec.network.leaves import Permute

TOKENS = torch.rand(2, 5, 12)


@pytest.mark.parametrize("bias", [True, False])
def test_self_attention_has_the_weights_and_results_of_torchs(bias: bool) -> None:
    ours = SelfAttention(12, 3, bias=bias)
    theirs = nn.MultiheadAttention(12, 3, bias=bias, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(ours(TOKENS), theirs(TOKENS, TOKENS, TOKENS)[0])


def test_a_class_token_comes_first_and_leaves_the_rest() -> None:
    token = ClassToken(12)
    nn.init.ones_(token.weight)
    y = token(TOKENS)
    assert torch.equal(y[:, 1:], TOKENS)
    assert (y[:, 0] == 1).all()


def test_a_position_embedding_is_added() -> None:
    embedding = PositionEmbedding((5, 12), std=1.0)
    assert torch.equal(embedding(TOKENS), TOKENS + embedding.weight)
    assert embedding.weight.std() > 0.5


def test_axes_are_permuted_behind_the_batch() -> None:
    x = torch.rand(2, 3, 4, 5)
    assert torch.equal(Permute([1, 2, 0])(x), x.permute(0, 2, 3, 1))


def test_behind_attention_every_position_reads_the_whole_input_by_gradient() -> None:
    entries: list[Any] = [
        {"Conv2d": [4, 2, 2]}, {"Flatten": 2}, {"Permute": [1, 0]}, "ClassToken",
        {"SelfAttention": 2},
    ]  # fmt: skip
    plan = plan_of((1, 6, 6), entries)
    assert plan.root.output.seen == [(0, 5), (0, 5)]
    assert plan.receptive_field == [2, 2]
    x = torch.rand(1, 1, 6, 6, dtype=torch.float64, requires_grad=True)
    y = module(plan.root).double()(x)[0]
    for unit in y.sum(1):
        (gradient,) = torch.autograd.grad(unit, x, retain_graph=True)
        assert (gradient != 0).all()


def test_windows_follow_an_axis_to_its_new_place() -> None:
    entries: list[Any] = [{"Conv2d": [4, [3, 1]]}, {"Permute": [2, 0, 1]}, {"AvgPool2d": [[1, 2]]}]
    (rows, columns) = plan_of((1, 10, 8), entries).root.output.axes
    assert (rows.along, columns.along) == (2, 0)
    assert rows.field
    assert columns.field
    assert (rows.field.size, rows.field.jump) == (4, 2)
    assert (columns.field.size, columns.field.jump) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("MultiheadAttention", "SelfAttention is it with one"),
        ("TransformerEncoderLayer", "is LayerNorm, SelfAttention, Linear"),
        ("Transformer", "takes two inputs"),
    ],
)
def test_what_stays_refused_names_what_there_is_instead(kind: str, words: str) -> None:
    found = compiled((4, 8), [{kind: 2}])
    assert isinstance(found, list)
    assert words in f"{found[0].message} {found[0].help}"
