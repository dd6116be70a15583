"""A step: gradients clipped, and a batch in parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import RECIPE as SPEC
from tiny import figures
from tiny import recipe as run
from torch import nn

from netspec import compiler, source
from netspec.compiler import memory
from netspec.language.training import Train
from netspec.runner.loop import optimize
from netspec.runner.train import train

pytestmark = pytest.mark.usefixtures("one_thread")


def section(**more: Any) -> Train:
    found = {"data": {"dataset": "digits"}, "batch_size": 8, "epochs": 9, "optimizer": "SGD"}
    return Train.model_validate(found | more)


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
