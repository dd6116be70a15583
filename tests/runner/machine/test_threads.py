"""How many threads a network runs on."""

from __future__ import annotations

import pytest
import torch

from netspec.runner.machine import threads

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(("macs", "wanted"), [(1_000_000, 1), (10**9, 2)])
def test_a_small_network_runs_on_one_thread(
    monkeypatch: pytest.MonkeyPatch, macs: int, wanted: int
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    torch.set_num_threads(2)
    with threads.threads(macs):
        assert torch.get_num_threads() == wanted
    assert torch.get_num_threads() == 2
