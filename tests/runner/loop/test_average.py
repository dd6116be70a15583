"""Averages of weights, judged and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny import RECIPE as SPEC
from tiny import recipe as run
from torch import nn

from netspec import compiler, source
from netspec.compiler import memory
from netspec.language.training import AVERAGES, Train
from netspec.runner.loop.average import Average

pytestmark = pytest.mark.usefixtures("one_thread")


def section(**more: Any) -> Train:
    found = {"data": {"dataset": "digits"}, "batch_size": 8, "epochs": 9, "optimizer": "SGD"}
    return Train.model_validate(found | more)


class TestAverages:
    def network(self) -> nn.Sequential:
        torch.manual_seed(1)
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))

    def steps(self, model: nn.Module, average: Average, count: int) -> list[dict[str, Any]]:
        """Train for some steps; return the state after each."""
        states = []
        for _ in range(count):
            model(torch.randn(6, 3)).square().sum().backward()
            for weight in model.parameters():
                weight.data -= 0.1 * torch.randn_like(weight)
            average.after_batch()
            states.append({key: value.clone() for key, value in model.state_dict().items()})
        return states

    def test_the_moving_one_keeps_its_share_of_weights_and_statistics(self) -> None:
        model = self.network()
        average = Average(AVERAGES.read({"EMA": 0.75}), model)
        states = self.steps(model, average, 40)
        for key, value in average.model.state_dict().items():
            if value.is_floating_point():
                expected = states[0][key].double()
                for n, state in enumerate(states[1:], 1):
                    kept = min(0.75, (1 + n) / (10 + n))
                    expected = kept * expected + (1 - kept) * state[key]
                torch.testing.assert_close(value.double(), expected, rtol=1e-6, atol=1e-7)

    def test_the_plain_one_is_the_mean_over_epochs_with_statistics_of_its_own(self) -> None:
        model = self.network()
        average = Average(AVERAGES.read({"SWA": 2}), model)
        batches = [torch.randn(6, 3), torch.randn(6, 3)]
        states = []
        for epoch in range(1, 5):
            states += self.steps(model, average, 2)[-1:]
            average.after_epoch(epoch, lambda: batches)
            assert (average.model is model) == (epoch < 2)
        found = average.model.state_dict()
        for key in ("0.weight", "0.bias", "1.weight", "2.bias"):
            mean = torch.stack([state[key] for state in states[1:]]).mean(0)
            torch.testing.assert_close(found[key], mean, rtol=1e-6, atol=1e-7)
        inner = average.model[0]  # type: ignore[index]
        mean = torch.stack([inner(batch).mean(0) for batch in batches]).mean(0)
        torch.testing.assert_close(found["1.running_mean"], mean)

    def test_without_one_the_model_itself_is_judged_and_nothing_is_saved(self) -> None:
        model = self.network()
        average = Average(None, model)
        self.steps(model, average, 2)
        average.after_epoch(1, list)
        assert average.model is model
        assert average.state_dict() == {}

    @pytest.mark.parametrize("written", ["EMA: 0.8", "SWA: 2"])
    def test_what_is_judged_is_what_is_kept(self, tmp_path: Path, written: str) -> None:
        plain, averaged = run(tmp_path), run(tmp_path, f"average: {{{written}}}")
        for ours, theirs in zip(averaged.rows, plain.rows, strict=True):
            assert ours.train_loss == theirs.train_loss
        assert averaged.rows[-1].loss != plain.rows[-1].loss
        kept = load_file(averaged.folder / "best.safetensors")
        state = torch.load(averaged.folder / "last.ckpt", weights_only=True)["state"]
        trained = state["model"]
        if averaged.best is averaged.rows[-1]:
            assert all(torch.equal(kept[key], state["average"]["module." + key]) for key in kept)
        assert any(not torch.equal(kept[key], trained[key]) for key in kept)

    def test_it_counts_as_memory(self) -> None:
        plan = compiler.compile(source.parse(SPEC, "tiny.yaml"))
        without, with_one = (
            memory.training(plan.root, section(average=average)) for average in (None, "EMA")
        )
        assert with_one == without._replace(average=4 * (72 + 2890))
