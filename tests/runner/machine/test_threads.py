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


@pytest.mark.parametrize("macs", [1_000_000, 10**9])
def test_as_many_threads_as_are_asked_for_run_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, macs: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = torch.get_num_threads()
    with threads.threads(macs, 3):
        assert torch.get_num_threads() == 3
    assert torch.get_num_threads() == before
