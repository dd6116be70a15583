"""The loss of each pixel against torch's own mean, and where nothing counts."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, nn

from netspec.language.training import LOSSES
from netspec.runner.loop.optimize import criterion
from netspec.runner.loop.pixels import PixelLoss
from netspec.runner.together.world import World


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weight", [None, [1.0, 5.0, 0.5]])
def test_parts_of_a_batch_add_up_to_torchs_mean_over_what_counts(
    weight: list[float] | None, smoothing: float
) -> None:
    chance = Generator().manual_seed(0)
    y = torch.randn(6, 3, 5, 4, generator=chance, requires_grad=True)
    masks = torch.randint(0, 4, (6, 5, 4), generator=chance).byte()
    masks[masks == 3] = 255
    masks[:2] = 255  # the first part of the batch has nothing that counts
    told = {"weight": weight, "label_smoothing": smoothing}
    loss = PixelLoss(criterion(LOSSES.read({"CrossEntropyLoss": told})))
    theirs = nn.CrossEntropyLoss(
        weight and torch.tensor(weight), label_smoothing=smoothing, ignore_index=255
    )
    expected = theirs(y, masks.long())
    assert torch.allclose(loss(y, masks), expected)
    world, whole = World(), loss.mass(masks)
    shares = [world.loss(loss, y[i : i + 2], masks[i : i + 2], whole) for i in (0, 2, 4)]
    assert torch.allclose(torch.stack(shares).sum(), expected)
    (gradient,) = torch.autograd.grad(torch.stack(shares).sum(), y, retain_graph=True)
    assert torch.allclose(gradient, torch.autograd.grad(expected, y)[0], atol=1e-7)


def test_a_batch_in_which_nothing_counts_has_a_loss_of_0_and_moves_nothing() -> None:
    y = torch.randn(2, 3, 4, 4, requires_grad=True)
    masks = torch.full((2, 4, 4), 255, dtype=torch.uint8)
    loss = PixelLoss(criterion(LOSSES.read("CrossEntropyLoss")))
    found = World().loss(loss, y, masks, loss.mass(masks))
    assert found.item() == 0
    assert not torch.autograd.grad(found, y)[0].any()
