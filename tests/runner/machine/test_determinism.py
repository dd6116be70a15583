"""Algorithms that give the same figures each time."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny import figures
from tiny import recipe as run

from netspec.diagnostic import NetspecError
from netspec.runner.machine.determinism import deterministic

pytestmark = pytest.mark.usefixtures("one_thread")


CPU = torch.device("cpu")


class TestDeterministic:
    def test_is_on_while_it_runs_and_as_before_after(self) -> None:
        assert not torch.are_deterministic_algorithms_enabled()
        with deterministic(True, CPU):
            assert torch.are_deterministic_algorithms_enabled()
        with deterministic(False, CPU):
            assert not torch.are_deterministic_algorithms_enabled()
        assert not torch.are_deterministic_algorithms_enabled()

    def test_new_tensors_are_not_filled(self) -> None:
        fills = torch.utils.deterministic
        before = fills.fill_uninitialized_memory
        with deterministic(True, CPU):
            assert not fills.fill_uninitialized_memory
        assert fills.fill_uninitialized_memory is before

    def test_an_operation_that_cannot_is_one_message(self) -> None:
        with pytest.raises(NetspecError) as caught, deterministic(True, CPU):
            torch.zeros(3).put_(torch.tensor([0]), torch.tensor([1.0]))
        assert str(caught.value) == "put_ does not have a deterministic implementation on cpu"
        assert not torch.are_deterministic_algorithms_enabled()

    def test_other_errors_stay_what_they_are(self) -> None:
        with pytest.raises(RuntimeError, match="other"), deterministic(True, CPU):
            raise RuntimeError("other")

    def test_a_run_on_the_cpu_gives_the_same_figures(self, tmp_path: Path) -> None:
        assert figures(run(tmp_path)) == figures(run(tmp_path, "deterministic: true"))
