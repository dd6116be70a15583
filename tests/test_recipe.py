"""What goes beyond optimizer and schedule: averages, clipping, parts of a batch, early stopping."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from netspec import source
from netspec.compiler import memory
from netspec.compiler import walk as compiler
from netspec.diagnostic import NetspecError
from netspec.language.training import AVERAGES, EarlyStopping, Train
from netspec.runner.loop import optimize
from netspec.runner.loop.average import Average
from netspec.runner.machine.determinism import deterministic
from netspec.runner.run.metrics import Row, stalled
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3, bias: false}
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 100
  epochs: 3
  optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
"""
CPU = torch.device("cpu")


def run(folder: Path, more: str = "", out: StringIO | None = None, **places: Any) -> Result:
    text = SPEC + "".join(f"  {line}\n" for line in more.split("\n"))
    spec = source.parse(text, "tiny.yaml")
    return train(spec, folder / "data", "cpu", folder / "runs", out=out, **places)


def figures(result: Result) -> list[tuple[float, ...]]:
    return [(r.train_loss, r.train_accuracy, r.loss, r.accuracy, r.lr) for r in result.rows]


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


class TestClipping:
    def gradients(self, **more: Any) -> list[torch.Tensor]:
        torch.manual_seed(3)
        model = nn.Linear(5, 4)
        (100 * model(torch.randn(7, 5))).sum().backward()
        optimize.clip(section(**more), model)
        return [weight.grad for weight in model.parameters() if weight.grad is not None]

    def test_by_norm_scales_all_of_them(self) -> None:
        before, after = self.gradients(), self.gradients(clip_grad_norm=2.0)
        assert torch.cat([g.flatten() for g in before]).norm() > 100
        assert float(torch.cat([g.flatten() for g in after]).norm()) == pytest.approx(2, rel=1e-4)
        ratios = torch.cat([(a / b).flatten() for a, b in zip(after, before, strict=True)])
        torch.testing.assert_close(ratios, ratios[:1].expand_as(ratios))

    def test_by_value_cuts_each(self) -> None:
        before, after = self.gradients(), self.gradients(clip_grad_value=150.0)
        for a, b in zip(after, before, strict=True):
            torch.testing.assert_close(a, b.clamp(-150, 150))

    def test_a_run_uses_it(self, tmp_path: Path) -> None:
        plain, clipped = run(tmp_path), run(tmp_path, "clip_grad_norm: 0.1")
        assert figures(plain) != figures(clipped)


class TestParts:
    def test_figures_are_those_of_whole_batches(self, tmp_path: Path) -> None:
        whole = run(tmp_path)
        for count in (2, 7, 100):
            parts = run(tmp_path, f"accumulate: {count}")
            for ours, theirs in zip(figures(parts), figures(whole), strict=True):
                assert ours == pytest.approx(theirs, rel=1e-4), count

    def test_no_part_has_a_single_sample(self, tmp_path: Path) -> None:
        spec = SPEC.replace("- ReLU", "- ReLU\n  - MaxPool2d: 6\n  - BatchNorm2d")
        spec += "  accumulate: 60\n"
        result = train(source.parse(spec, "tiny.yaml"), tmp_path, "cpu", tmp_path / "runs")
        assert len(result.rows) == 3

    def test_memory_is_that_of_a_part(self) -> None:
        plan = compiler.compile(source.parse(SPEC, "tiny.yaml"))
        whole, parts = section(batch_size=100), section(batch_size=100, accumulate=8)
        assert parts.held == 13
        kept = [memory.training(plan.root, one).kept for one in (whole, parts)]
        assert kept[0] * 13 == kept[1] * 100


def row(epoch: int, loss: float, accuracy: float) -> Row:
    return Row(epoch, 1.0, 0.5, loss, accuracy, 0.1, 1.0)


class TestEarlyStopping:
    @pytest.mark.parametrize(
        ("rule", "losses", "ends"),
        [
            (None, [1, 1, 1, 1, 1], None),
            ({"patience": 1}, [3, 2, 1], None),
            ({"patience": 1}, [3, 2, 2, 1], 3),
            ({"patience": 2}, [3, 4, 2, 3, 1], None),
            ({"patience": 2}, [3, 2, 3, 2.5, 1], 4),
            ({"patience": 2, "min_delta": 0.5}, [3, 2.6, 2.4, 2, 1.9], 5),
            ({"patience": 1, "monitor": "accuracy"}, [1, 2, 3], 2),
        ],
    )
    def test_ends_after_so_many_epochs_without_progress(
        self, rule: dict[str, Any] | None, losses: list[float], ends: int | None
    ) -> None:
        stopping = EarlyStopping.model_validate(rule) if rule else None
        rows = [row(i, loss, 0.5) for i, loss in enumerate(losses, 1)]
        ended = [count for count in range(len(rows) + 1) if stalled(stopping, rows[:count])]
        assert (ended[0] if ended else None) == ends

    def test_accuracy_is_to_rise(self) -> None:
        stopping = EarlyStopping(patience=1, monitor="accuracy")
        rising = [row(1, 1, 0.5), row(2, 2, 0.6), row(3, 3, 0.7)]
        assert not stalled(stopping, rising)
        assert stalled(stopping, [*rising, replace(rising[-1], epoch=4)])

    def test_a_run_ends_says_why_and_is_finished(self, tmp_path: Path) -> None:
        out = StringIO()
        more = "early_stopping: {patience: 2, min_delta: 100}\nscheduler: CosineAnnealingLR"
        result = run(tmp_path, more, out)
        assert len(result.rows) == 3  # the first epoch is progress, so two without end the last
        more = more.replace("patience: 2", "patience: 1")
        result = run(tmp_path, more, out)
        assert len(result.rows) == 2
        assert "no lower loss since epoch 1: ends after epoch 2" in out.getvalue()
        summary = json.loads((result.folder / "summary.json").read_text())
        assert (summary["status"], summary["epochs"]) == ("finished", 2)
        again = run(tmp_path, more, resume=result.folder)
        assert figures(again) == figures(result)


class TestDeterministic:
    def test_is_on_while_it_runs_and_as_before_after(self) -> None:
        assert not torch.are_deterministic_algorithms_enabled()
        with deterministic(True, CPU):
            assert torch.are_deterministic_algorithms_enabled()
        with deterministic(False, CPU):
            assert not torch.are_deterministic_algorithms_enabled()
        assert not torch.are_deterministic_algorithms_enabled()

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
