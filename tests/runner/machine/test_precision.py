"""Products that are rounded only where a spec says so."""

from __future__ import annotations

import pytest
import torch

from netspec.runner.machine.precision import precision


def allowed() -> tuple[bool, bool]:
    return torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32


@pytest.mark.parametrize(("name", "wanted"), [("float32", False), ("tf32", True)])
def test_convolutions_and_products_round_as_the_spec_says_and_as_before_after(
    name: str, wanted: bool
) -> None:
    before = allowed()
    with precision(name):
        assert allowed() == (wanted, wanted)
    assert allowed() == before
