"""A run that is taken up ends as one that never stopped."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import CHANCE as SPEC
from tiny import Later, recipe
from tiny import run as trained

from netspec import compiler, source
from netspec.diagnostic import NetspecError
from netspec.network.build import build
from netspec.runner.data.datasets import load
from netspec.runner.data.prepare import Prepare
from netspec.runner.fit import fit
from netspec.runner.loop.display import Display
from netspec.runner.loop.optimize import criterion
from netspec.runner.machine.stop import Stop
from netspec.runner.run.folder import Writer
from netspec.runner.train import reading

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("average", ["", "average: {EMA: 0.9}", "average: {SWA: 2}"])
@pytest.mark.parametrize("steps", [1, 14, 15, 16, 31])
def test_a_run_taken_up_again_ends_as_one_that_never_stopped(
    tmp_path: Path, steps: int, average: str
) -> None:
    more = "epochs: 3\n  accumulate: 2\n  scheduler: {OneCycleLR: 0.02}\n  "
    text = SPEC.replace("epochs: 2", more + average).replace("- ReLU", "- BatchNorm2d\n  - ReLU")
    plan = compiler.compile(source.parse(text, "tiny.yaml"))
    section = plan.spec.train
    assert section is not None
    data = load(section.data, tmp_path, plan.input, plan.output, split=0)
    prepare = Prepare(section.data, data.train, plan.input)

    def go(run: Writer, stop: Any, resume: Any = None) -> dict[str, Any]:
        model = build(plan, device="cpu", seed=5 if resume else section.seed)
        run.describe(plan, {}, {}, reading(plan, data, prepare))
        display = Display(section.epochs)
        with run:
            fit(
                model, section, data, prepare, loss_of=criterion(plan.loss), run=run,
                display=display, stop=stop, resume=resume,
            )  # fmt: skip
        return dict(model.state_dict())

    whole, parts = Writer.create(tmp_path, "whole"), Writer.create(tmp_path, "parts")
    weights = go(whole, Stop())
    with pytest.raises(NetspecError, match="interrupted"):
        go(parts, Later(steps))
    torch.manual_seed(99)
    parts = Writer(parts.folder)
    parts.describe(plan, {}, {}, reading(plan, data, prepare))
    saved = parts.saved(1 << 30, print, force=False)
    assert saved is not None
    resumed = go(parts, Stop(), resume=saved)
    assert all(torch.equal(value, resumed[key]) for key, value in weights.items())
    figures = [[replace(row, seconds=0) for row in run.rows] for run in (whole, parts)]
    assert figures[0] == figures[1]
    kept = [(run.folder / "best.safetensors").read_bytes() for run in (whole, parts)]
    assert kept[0] == kept[1]


class TestMoreEpochs:
    def test_the_schedule_is_that_of_as_many(self, tmp_path: Path) -> None:
        more = "scheduler: CosineAnnealingLR"
        first = recipe(tmp_path, more)
        again = recipe(tmp_path, more, changes=MORE, resume=first.folder, force=True)
        rates = [0.05 * (1 + math.cos(math.pi * epoch / 6)) for epoch in range(3, 6)]
        assert [row.lr for row in again.rows[3:]] == pytest.approx(rates)

    def test_a_schedule_that_has_no_more_says_so(self, tmp_path: Path) -> None:
        more, out = "scheduler: {PolynomialLR: 3}", io.StringIO()
        first = recipe(tmp_path, more)
        recipe(tmp_path, more, changes=MORE, resume=first.folder, force=True, out=out)
        told = "PolynomialLR came to its end with epoch 3: the learning rate stays at 0\n"
        assert out.getvalue().count(told) == 1

    def test_another_learning_rate_counts(self, tmp_path: Path) -> None:
        first = trained(tmp_path, ("epochs: 3", "epochs: 1"))
        lower = ("lr: 0.01", "lr: 0.001")
        again = trained(tmp_path, lower, resume=first.folder, force=True)
        assert [row.lr for row in again.rows] == [0.01, 0.001, 0.001]


MORE = [("epochs: 3", "epochs: 6")]
