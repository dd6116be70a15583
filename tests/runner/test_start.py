"""Runs that start from weights: another task, parts frozen, rates of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
import tiny
import torch
from command import netspec
from safetensors.torch import load_file
from sklearn.datasets import load_digits

from netspec import compiler, source
from netspec.diagnostic import UsageError
from netspec.network.build import build
from netspec.runner.loop.optimize import Schedule, criterion
from netspec.runner.loop.step import Step
from netspec.runner.together.world import ALONE

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [1, 8, 8]
layers:
  - name: stem
    Sequential: [Conv2d: {out_channels: 8, kernel_size: 3, bias: false}, BatchNorm2d, ReLU]
  - Flatten
  - {name: head, Linear: 5}
train:
  data: {dataset: npz, path: low.npz}
  batch_size: 50
  epochs: 3
  optimizer: {Adam: {lr: 0.01}}
"""
OTHER = SPEC.replace("low", "high").replace("name: head", "name: answer")


@pytest.fixture(scope="module")
def low(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on the digits to 4, beside a few of those from 5 on."""
    folder = tmp_path_factory.mktemp("low")
    digits: Any = load_digits()
    x, y = (digits.images * 255 / 16).astype(numpy.uint8), digits.target
    few = numpy.concatenate([numpy.flatnonzero(y == k)[:8] for k in range(5, 10)])
    rest = numpy.setdiff1d(numpy.flatnonzero(y >= 5), few)
    first = numpy.flatnonzero(y < 5)
    (folder / "data").mkdir()
    for name, train, test, less in (("low", first[:700], first[700:], 0), ("high", few, rest, 5)):
        numpy.savez(
            folder / "data" / f"{name}.npz",
            x_train=x[train], y_train=y[train] - less, x_test=x[test], y_test=y[test] - less,
        )  # fmt: skip
    return tiny.run(folder, spec=SPEC).folder


def test_a_network_of_digits_learns_others_from_a_few(low: Path) -> None:
    folder = low.parents[2]
    frozen = f"{OTHER}  freeze: [stem]\n"
    result = tiny.run(folder, spec=frozen, weights=low)
    plain = tiny.run(folder, spec=frozen)
    # Behind features that were never learnt a head has less to go by.
    assert result.rows[-1].accuracy > plain.rows[-1].accuracy
    theirs, ours = (load_file(one / "best.safetensors") for one in (low, result.folder))
    for name in ours:
        same = name in theirs and torch.equal(ours[name], theirs[name])
        assert same == name.startswith("stem."), name
    recorded = json.loads((result.folder / "environment.json").read_text())["weights"]
    assert recorded["file"] == str(low / "best.safetensors")
    spec = folder / "other.yaml"
    spec.write_text(OTHER)
    where = ("--data-dir", str(folder / "data"), "--runs-dir", str(folder / "runs"))
    done = netspec("train", str(spec), *where, "--weights", "tiny/1", "--epochs", "1")
    assert done.code == 0, done.err
    told = [line.split() for line in done.out.splitlines()]
    assert ["stem.0", "weight", "loaded"] in told
    assert ["answer", "weight,", "bias", "kept", "at", "random", "not", "in", "the", "file"] in told
    assert ["head", "bias,", "weight", "left", "out", "not", "in", "the", "network"] in told
    done = netspec("train", str(spec), *where, "--weights", "tinny")
    assert (done.code, "did you mean tiny?" in done.err) == (2, True)


def test_killed_before_the_first_save_of_its_own_it_starts_from_them_again(
    low: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = low.parents[2]
    spec = f"{OTHER}  freeze: [stem.0]\n  groups: {{answer: {{lr: 0.02}}}}\n"
    whole = tiny.run(folder, spec=spec, weights=low)

    def die(*given: Any) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as here:
        here.setattr(Step, "forward", die)
        with pytest.raises(SystemError):
            tiny.run(folder, spec=spec, weights=low)
    left = max(folder.glob("runs/tiny/*"), key=lambda one: int(one.name))
    with pytest.raises(UsageError, match="has its weights"):
        tiny.run(folder, spec=spec, weights=low, resume=left)
    again = tiny.run(folder, spec=spec, resume=left)
    assert [replace(r, seconds=0) for r in again.rows] == [
        replace(r, seconds=0) for r in whole.rows
    ]
    files = [(one.folder / "best.safetensors").read_bytes() for one in (whole, again)]
    assert files[0] == files[1]


def test_a_group_keeps_its_share_of_the_rate_in_every_schedule() -> None:
    more = "  groups: {head: {lr: 0.04, weight_decay: 0.1}, stem.1: {lr: 0.02}}\n"
    for scheduler in ("{OneCycleLR: 0.5}", "{StepLR: 1}", "CosineAnnealingLR"):
        text = f"{SPEC}{more}  scheduler: {scheduler}\n"
        plan = compiler.compile(source.parse(text, "x.yaml"))
        step = Step(plan.train, build(plan, "cpu"), ALONE, criterion(plan.loss))
        groups = step.optimizer.param_groups
        assert [len(group["params"]) for group in groups] == [1, 2, 2]
        assert [group["weight_decay"] for group in groups] == [0, 0.1, 0]
        schedule = Schedule(plan.train.scheduler, step.optimizer, 3, 4)
        for _ in range(5):
            rates = [group["lr"] / groups[0]["lr"] for group in groups]
            assert rates == pytest.approx([1, 4, 2])
            step.optimizer.step()
            schedule.after_batch()
        schedule.after_epoch(1.0, 0.5)
        assert [g["lr"] / groups[0]["lr"] for g in groups] == pytest.approx([1, 4, 2])
