"""Pictures of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny
import torch
from PIL import Image

from netspec.language.training.tasks import ACCURACY
from netspec.runner.after import pictures
from netspec.runs.confusion import Judgement

pytestmark = pytest.mark.usefixtures("one_thread")


def size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        image.load()
        assert image.format == "PNG"
        assert len(image.convert("L").getcolors() or ()) > 10
        return image.size


def test_a_run_ends_with_pictures_of_its_curves_and_confusion(trained: Path) -> None:
    for name in ("tiny", "shades"):
        folder = trained / "runs" / name / "1"
        assert size(folder / "curves.png")[0] > 800
        assert min(size(folder / "confusion.png")) > 300


@pytest.mark.parametrize("names", [["犬", "$x_", "a" * 60], [f"class {i}" for i in range(33)]])
@pytest.mark.parametrize("wrong", [0, 3])
def test_any_class_names_and_any_counts_are_drawn(
    tmp_path: Path, names: list[str], wrong: int
) -> None:
    confusion = torch.full((len(names), len(names)), wrong).fill_diagonal_(5)
    judgement = Judgement("set", "test", names, confusion.tolist(), 0.0)
    pictures.confusion(tmp_path / "a.png", "$ odd _ title", judgement)
    assert min(size(tmp_path / "a.png")) > 300


@pytest.mark.parametrize("epochs", [1, 2, 40])
def test_curves_of_any_length_are_drawn(tmp_path: Path, epochs: int) -> None:
    keys = ("train_loss", "loss", "train_accuracy", "accuracy", "lr")
    rows = [dict.fromkeys(keys, 0.5 / i) | {"epoch": i} for i in range(1, epochs + 1)]
    rows[0] |= {"loss": float("inf"), "train_loss": float("nan") if epochs > 1 else 1.0}
    goal = 0.9 if epochs > 1 else None
    pictures.curves(tmp_path / "a.png", "set 1", rows, "val", ACCURACY, goal)
    assert size(tmp_path / "a.png")[0] > 800


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (5, 5), (130, 100)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_holds_up_to_a_hundred_pictures(
    tmp_path: Path, count: int, shown: int, channels: int
) -> None:
    pixels = torch.randint(0, 256, (count, channels, 8, 12)).byte()
    fits = pictures.sheet(tmp_path / "a.png", "5 images", pixels, torch.rand(count))
    assert fits == shown
    assert min(size(tmp_path / "a.png")) > 100


def test_a_run_is_not_lost_for_want_of_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
        monkeypatch.setitem(sys.modules, name, None)
    result = tiny.run(tmp_path, ("epochs: 3", "epochs: 1"), out=sys.stdout)
    assert "no pictures: " in capsys.readouterr().out
    assert not (result.folder / "curves.png").exists()
    assert json.loads((result.folder / "summary.json").read_text())["status"] == "finished"
