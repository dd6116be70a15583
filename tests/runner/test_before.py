"""A run of version 0.1.0, interrupted in its third epoch: it still loads, and goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from command import netspec
from tiny import ROOT, resume
from torch import nn

from netspec import load_run
from netspec.runner.after.eval import data_of, judge
from netspec.runner.after.predict import predict
from netspec.runner.after.trained import open_run

pytestmark = pytest.mark.usefixtures("one_thread")

THIRD = {"train_loss": 0.34931488532, "train_accuracy": 0.898470097, "loss": 0.237095187301}
"""What that version went on to."""


@pytest.fixture
def before(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "data" / "run", tmp_path / "tiny" / "1")
    return tmp_path / "tiny" / "1"


def rows(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_its_network_loads_as_it_did_with_a_note(before: Path) -> None:
    with pytest.warns(UserWarning, match=r"has no digest.*reads images that are normalized"):
        network = load_run(before, "cpu")
    assert type(network) is nn.Sequential
    assert network(torch.full((1, 1, 8, 8), -3.0)).shape == (1, 10)
    with pytest.warns(UserWarning, match="has no digest"):
        load_run(before, "cpu", normalize=False)


def test_the_note_is_beside_the_answers(before: Path, tmp_path: Path) -> None:
    done = netspec("eval", str(before), "--format", "json", "--data-dir", str(tmp_path))
    assert done.code == 0
    assert done.err.startswith(f"note: {before / 'best.safetensors'} is from an earlier version")
    assert json.loads(done.out)["accuracy"] == rows(before)[1]["accuracy"]


def test_it_is_judged_as_it_was(before: Path) -> None:
    run = open_run(before, "cpu", print)
    judgement = judge(run, *data_of(run, before)).judgement
    assert judgement.accuracy == rows(before)[1]["accuracy"]
    assert judgement.loss == pytest.approx(rows(before)[1]["loss"], rel=1e-5)


def test_it_answers(before: Path, tmp_path: Path) -> None:
    from PIL import Image

    run = open_run(before, "cpu", print)
    answers = judge(run, *data_of(run, before))
    (pixels,) = next(answers.images.batches([torch.tensor([0])]))[0]
    Image.fromarray(pixels[0].numpy()).save(tmp_path / "first.png")
    ((_, shares),), refused = predict(run, [tmp_path / "first.png"])
    assert not refused
    assert max(shares, key=lambda name: shares[name]) == str(int(answers.answers[0]))
    assert max(shares.values()) == pytest.approx(float(answers.probabilities[0]), abs=1e-5)


def test_it_is_taken_up_where_it_was_left(before: Path) -> None:
    made = json.loads((before / "environment.json").read_text())["torch"]
    if made != torch.__version__:
        pytest.skip(f"it was made with torch {made}, whose optimizers save what is theirs")
    result, out = resume(before)
    assert "going on after epoch 2, step 4 of the next" in out
    first, second, third = rows(before)
    assert [first, second] == rows(ROOT / "tests" / "data" / "run")
    for name, value in THIRD.items():
        assert third[name] == pytest.approx(value, rel=1e-4)
    assert result.best.accuracy == pytest.approx(0.93315, abs=0.003)
