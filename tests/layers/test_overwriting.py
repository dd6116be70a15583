"""Layers that write over their input, and whether that may be."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from plans import CONV, OVERWRITE, compiled, plan_of

from netspec.network.build import module

SHARED: dict[str, list[Any]] = {
    "what the shortcut reads": [CONV, {"Residual": [OVERWRITE, CONV]}],
    "what the body read": [CONV, {"Residual": {"body": [CONV], "shortcut": [OVERWRITE]}}],
    "what another branch reads": [CONV, {"Concat": [[CONV], [OVERWRITE]]}],
    "what is gated": [CONV, {"Gate": [OVERWRITE, CONV]}],
    "it through a view": [CONV, {"Residual": ["Identity", OVERWRITE]}],
    "it deep inside": [CONV, {"Residual": [{"Sequential": [{"Sequential": [OVERWRITE]}]}]}],
    "it where dropout passes it on in evaluation": [CONV, {"Residual": [{"Dropout": 0.5},
                                                                        OVERWRITE]}],
    "what sigmoid saved": [CONV, "Sigmoid", OVERWRITE],
    "what sigmoid saved through a view": [CONV, "Sigmoid", "Flatten", OVERWRITE],
    "what it saved in place": [CONV, OVERWRITE, OVERWRITE],
}  # fmt: skip
OWNED: dict[str, list[Any]] = {
    "a convolution's": [CONV, OVERWRITE],
    "the only branch's": [CONV, {"Concat": [[OVERWRITE]]}],
    "batch norm's": [CONV, "BatchNorm2d", OVERWRITE],
    "a sum": [{"Residual": [CONV]}, OVERWRITE],
    "a product": [{"Gate": [CONV, "Sigmoid"]}, OVERWRITE],
    "a concatenation": [CONV, {"Concat": [["Sigmoid"]]}, OVERWRITE],
    "inside a body, once it is the body's own": [{"Residual": [CONV, OVERWRITE, CONV]}],
    "what hardtanh copied": [CONV, {"Hardtanh": [-1, 1, True]}, OVERWRITE],
    "what relu6 copied": [CONV, {"ReLU6": True}, {"Dropout": [0.2, True]}],
    "nothing, with a dropout of nothing": [CONV, "Sigmoid", {"Dropout2d": [0, True]}],
    "nothing, as torch forgets the argument": [CONV, "Sigmoid", {"AlphaDropout": [0.5, True]}],
    "dropout's, over a sigmoid": [CONV, "Sigmoid", {"Dropout": 0.5}, OVERWRITE],
}  # fmt: skip


@pytest.mark.parametrize("entries", SHARED.values(), ids=SHARED)
def test_a_layer_does_not_overwrite(entries: list[Any]) -> None:
    found = compiled((4, 6, 6), entries)
    assert isinstance(found, list)
    assert [one.code for one in found] == ["overwrites-input"]


@pytest.mark.parametrize("entries", OWNED.values(), ids=OWNED)
def test_a_layer_may_overwrite(entries: list[Any]) -> None:
    network = module(plan_of((4, 6, 6), entries).root)
    x = torch.rand(2, 4, 6, 6)
    before = x.clone()
    network(x).sum().backward()
    assert torch.equal(x, before)
