"""norm-over-one-value: what torch refuses to train, and nothing else."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch
from audited import TRAIN, messages, net
from texts import plan_of

from netspec.network.build import build

FLAT = ("Flatten", "Linear: 10", "BatchNorm1d")
POOLED = ("Conv2d: [8, 3]", "AdaptiveAvgPool2d: 1", "BatchNorm2d", "Flatten", "Linear: 10")
ROW = ("Flatten: 2", "AdaptiveAvgPool1d: 1", "BatchNorm1d", "Flatten", "Linear: 10")
FIXED = ("Flatten", "Linear: 10", "BatchNorm1d: {track_running_stats: false}")
WIDE = ("Conv2d: [8, 3]", "BatchNorm2d", "Flatten", "Linear: 10")


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("entries", [FLAT, POOLED, ROW, FIXED, WIDE])
def test_what_torch_refuses_to_train_is_told_before(entries: tuple[str, ...], size: int) -> None:
    text = net(*entries, more=TRAIN.replace("batch_size: 8", f"batch_size: {size}"))
    network = build(plan_of(text), device="cpu").train()
    refused = size == 1 and entries != WIDE
    with pytest.raises(ValueError, match="more than 1 value") if refused else nullcontext():
        network(torch.rand(size, 1, 28, 28))
    said = ["a batch of 1 over one position has one value for each channel"]
    assert messages(text, "norm-over-one-value") == said * refused


@pytest.mark.parametrize("more", ["", TRAIN, TRAIN[:-1] + ", accumulate: 8}"])
def test_a_batch_of_several_is_never_cut_into_parts_of_one(more: str) -> None:
    assert messages(net(*FLAT, more=more), "norm-over-one-value") == []


def test_several_such_layers_are_one_mistake() -> None:
    one = TRAIN.replace("batch_size: 8", "batch_size: 1")
    found = messages(net(*FLAT, "Linear: 10", "BatchNorm1d", more=one), "norm-over-one-value")
    assert len(found) == 1
