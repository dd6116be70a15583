"""Devices by name."""

from __future__ import annotations

import pytest
import torch

from netspec.diagnostic import UsageError
from netspec.network import device


@pytest.mark.parametrize(
    ("name", "message"),
    [("gpu", "unknown device 'gpu'"), ("cuda:99", "cuda"), ("cuda:x", "unknown device 'cuda:x'")],
)
def test_a_device_that_is_not_here_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        device.choose(name)


def test_auto_takes_a_device_that_is_here() -> None:
    assert torch.zeros(1, device=device.choose("auto")).item() == 0
