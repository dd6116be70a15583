"""Training on a GPU; without one these skip."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import torch
from shades import SHADES, paint
from shades import SPEC as STREAMED
from tiny import CHANCE, figures

from netspec import source
from netspec.diagnostic import NetspecError
from netspec.network.build import build
from netspec.runner.after import eval
from netspec.runner.after.trained import open_run
from netspec.runner.train import Result, train

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def run(folder: Path, device: str = "cuda", spec: str = CHANCE, more: str = "") -> Result:
    text = source.parse(spec + more, "tiny.yaml")
    return train(text, folder / "data", device, folder / "runs")


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    more = "  deterministic: true\n"
    assert figures(run(tmp_path, more=more)) == figures(run(tmp_path, more=more))


def test_a_resumed_run_is_bit_identical(tmp_path: Path) -> None:
    more = "  deterministic: true\n"
    whole = run(tmp_path, more=more)
    part = run(tmp_path, spec=CHANCE.replace("epochs: 2", "epochs: 1"), more=more)
    (part.folder / "spec.yaml").write_text(CHANCE + more)
    again = train(None, tmp_path, "cuda", tmp_path, resume=part.folder, force=True)
    assert figures(again) == figures(whole)


def test_float32_is_that_of_the_cpu(tmp_path: Path) -> None:
    plain = CHANCE.replace("  - Dropout: 0.1\n", "").replace(", augment: [{RandomRotation: 5}]", "")
    found = zip(
        figures(run(tmp_path, spec=plain)), figures(run(tmp_path, "cpu", plain)), strict=True
    )
    for ours, theirs in found:
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("precision", ["tf32", "bfloat16"])
def test_other_precisions_learn_too(tmp_path: Path, precision: str) -> None:
    assert run(tmp_path, more=f"  precision: {precision}\n").best.accuracy > 0.5


def test_force_goes_on_on_the_other_device_both_ways(tmp_path: Path) -> None:
    for first, then in (("cpu", "cuda"), ("cuda", "cpu")):
        made = run(tmp_path, first, CHANCE.replace("epochs: 2", "epochs: 1"))
        (made.folder / "spec.yaml").write_text(CHANCE)
        with pytest.raises(NetspecError):
            train(None, tmp_path, then, tmp_path, resume=made.folder)
        out = io.StringIO()
        again = train(None, tmp_path, then, tmp_path, out, resume=made.folder, force=True)
        assert len(again.rows) == 2
        assert "drawn from the seed anew" in out.getvalue()


def test_a_streamed_folder_trains_and_is_judged(tmp_path: Path) -> None:
    for part, count in (("train", 12), ("test", 4)):
        for name, shade in SHADES.items():
            for i in range(count):
                paint(tmp_path / "data" / "shades" / part / name / f"{i}.png", shade)
    made = run(tmp_path, spec=STREAMED.replace("path: shades", "path: shades, stream: true"))
    opened = open_run(made.folder, "cuda")
    data, part = eval.data_of(opened, tmp_path / "data")
    found = eval.judge(opened, data, part).judgement
    best = json.loads((made.folder / "summary.json").read_text())["best"]
    assert found.accuracy == best["accuracy"]


def test_building_leaves_the_gpus_generator_alone() -> None:
    torch.cuda.manual_seed(7)
    before = torch.cuda.get_rng_state()
    build(source.parse(CHANCE, "tiny.yaml"), "cuda", seed=3)
    assert torch.equal(torch.cuda.get_rng_state(), before)
