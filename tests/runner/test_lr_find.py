"""The learning rate range test: how its curve comes about, and what the command says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command import Done, netspec

from netspec import compiler, source
from netspec.diagnostic import NetspecError
from netspec.runner.lr_find import lr_find
from netspec.runs.range_test import Curve

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 100
  epochs: 1
  optimizer: {SGD: {lr: 0.1}}
"""


def find(folder: Path, text: str = SPEC, **more: Any) -> Curve:
    return lr_find(compiler.compile(source.parse(text, "tiny.yaml")), folder, "cpu", **more)


def test_rates_rise_by_one_factor_and_losses_follow_them(tmp_path: Path) -> None:
    curve = find(tmp_path, low=1e-3, high=1.0, steps=40)
    rates = [point.lr for point in curve.points]
    assert rates[0] == 1e-3
    assert rates[39] == pytest.approx(1.0)
    ratios = [b / a for a, b in pairwise(rates)]
    assert ratios == pytest.approx([ratios[0]] * 39)
    assert curve.points == find(tmp_path, low=1e-3, high=1.0, steps=40).points
    # At a rate of next to nothing the loss is that of the first weights.
    still = find(tmp_path, low=1e-12, high=1e-11, steps=40).points
    assert still[0].loss == curve.points[0].loss
    assert still[-1].loss == pytest.approx(still[0].loss, rel=0.05)
    assert curve.lowest.loss < 0.8 * still[-1].loss


def test_it_ends_where_the_loss_is_four_times_its_lowest(tmp_path: Path) -> None:
    curve = find(tmp_path, low=1e-4, high=1e6, steps=200)
    assert len(curve.points) < 200
    assert curve.points[-1].loss > 4 * curve.lowest.loss


def test_a_test_that_begins_too_high_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"the loss diverges after \d steps at a learning rate"):
        find(tmp_path, low=1e8, high=1e9)


def test_fewer_images_than_steps_are_seen_again(tmp_path: Path) -> None:
    assert len(find(tmp_path, SPEC.replace("100", "5000"), high=1e-4, steps=30).points) == 30


class TestCommand:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def run(self, *arguments: str, text: str = SPEC) -> Done:
        Path("tiny.yaml").write_text(text)
        return netspec("lr-find", "tiny.yaml", "--device", "cpu", *arguments)

    def test_shows_the_curve_and_how_to_use_it(self) -> None:
        done = self.run("--out", "lr.png", "--steps", "60")
        assert (done.code, done.err) == (0, "")
        lines = done.out.splitlines()
        assert lines[0].split() == ["lr", "loss"]
        assert lines[1].split()[0] == "1.0e-05"
        assert lines[-4].startswith("steepest at ")
        assert lines[-3].startswith("try ")
        assert lines[-2].startswith("such as --set train.optimizer.SGD.lr=")
        assert Path("lr.png").read_bytes().startswith(b"\x89PNG")
        assert sorted(path.name for path in Path().iterdir()) == ["lr.png", "tiny.yaml"]

    def test_a_one_cycle_schedule_has_its_highest_rate_set(self) -> None:
        text = SPEC + "  scheduler: {OneCycleLR: 1.0}\n"
        done = self.run("--set", "train.optimizer=Adam", text=text)
        assert "such as --set train.scheduler.OneCycleLR.max_lr=" in done.out

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (("--from", "1", "--to", "0.1"), 2, "--from 1 is not below --to 0.1"),
            (("--set", "train.batch_size=none"), 1, "error[wrong-type]"),
            (("--set", "train=null"), 2, "does not say how to train"),
            (("--out", "nowhere/lr.png"), 2, "no folder nowhere"),
        ],
    )
    def test_a_mistake_is_one_message(
        self, arguments: tuple[str, ...], code: int, message: str
    ) -> None:
        done = self.run(*arguments)
        assert done.code == code, done
        assert message in done.err
