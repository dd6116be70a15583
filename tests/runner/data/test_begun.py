"""A run reads its data as it was begun, whatever its spec leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from datasets import picture, read
from PIL import ExifTags, Image
from tiny import resume, run

from netspec.language.training import Train
from netspec.runner.after.eval import data_of, judge
from netspec.runner.after.predict import predict
from netspec.runner.after.trained import open_run
from netspec.runner.data.begun import Begun, begun

pytestmark = pytest.mark.usefixtures("one_thread")

FOLDER: dict[str, Any] = {"dataset": "folder", "val_fraction": 0.2}


def section(seed: int = 5, **data: Any) -> Train:
    given = {"data": data, "batch_size": 1, "epochs": 1, "optimizer": "SGD", "seed": seed}
    return Train.model_validate(given)


@pytest.mark.parametrize(
    ("recorded", "data", "split", "orientation"),
    [
        (None, FOLDER, 5, "apply"),
        ({"torch": "2"}, FOLDER, 0, "ignore"),
        ({"torch": "2"}, {**FOLDER, "orientation": "apply"}, 0, "apply"),
        ({"torch": "2"}, {"dataset": "MNIST"}, 0, "apply"),
        ({"split": 0, "orientation": "ignore"}, FOLDER, 0, "ignore"),
        ({"split": 3, "orientation": "apply"}, FOLDER, 3, "apply"),
        ({"split": 3, "orientation": "apply"}, {**FOLDER, "orientation": "ignore"}, 3, "ignore"),
        ({"split": None, "orientation": "apply"}, FOLDER, 5, "apply"),
        ({"split": "x", "orientation": "apply"}, FOLDER, 5, "apply"),
        ({"split": -1, "orientation": "apply"}, FOLDER, 5, "apply"),
        ([], FOLDER, 5, "apply"),
    ],
)
def test_what_was_recorded_counts_and_before_that_seed_0_and_no_orientation(
    tmp_path: Path, recorded: Any, data: dict[str, Any], split: int, orientation: str
) -> None:
    if recorded is not None:
        (tmp_path / "environment.json").write_text(json.dumps(recorded))
    found = begun(section(**data), tmp_path)
    assert (found.split, found.data.orientation) == (split, orientation)
    assert begun(section(**data), None).split == 5


def test_what_is_held_back_goes_by_the_seed_and_is_what_the_run_is_judged_on(
    tmp_path: Path,
) -> None:
    held = {}
    for seed in (0, 5):
        more = f"{{dataset: digits, val_fraction: 0.2}}\n  seed: {seed}"
        result = run(tmp_path, ("{dataset: digits}", more), ("epochs: 3", "epochs: 1"))
        trained = open_run(result.folder, "cpu")
        data, part = data_of(trained, tmp_path)
        held[seed] = data.digest()
        assert part == "val"
        assert judge(trained, data, part).judgement.accuracy == result.best.accuracy
        recorded = json.loads((result.folder / "environment.json").read_text())
        assert (recorded["split"], recorded["orientation"]) == (seed, None)
    assert held[0] != held[5]


def test_a_run_of_before_goes_on_and_is_judged_with_what_it_held_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "{dataset: digits, val_fraction: 0.2}\n  seed: 5"
    with monkeypatch.context() as before:
        way = "netspec.runner.train.begun"
        before.setattr(way, lambda train, folder: Begun(train.data, 0))
        first = run(tmp_path, ("{dataset: digits}", more), ("epochs: 3", "epochs: 1"))
    file = first.folder / "environment.json"
    kept = json.loads(file.read_text())
    file.write_text(
        json.dumps({k: v for k, v in kept.items() if k not in ("split", "orientation")})
    )
    for _ in range(2):
        again, _ = resume(first.folder)
        assert again.rows == first.rows
        trained = open_run(first.folder, "cpu")
        judged = judge(trained, *data_of(trained, tmp_path)).judgement.accuracy
        assert judged == first.best.accuracy
        assert json.loads(file.read_text())["split"] == 0


def test_another_seed_by_force_holds_back_the_same(tmp_path: Path) -> None:
    more = "{dataset: digits, val_fraction: 0.2}\n  seed: "
    first = run(tmp_path, ("{dataset: digits}", f"{more}5"), ("epochs: 3", "epochs: 1"))
    again = run(tmp_path, ("{dataset: digits}", f"{more}6"), resume=first.folder, force=True)
    assert again.rows[0] == first.rows[0]
    trained = open_run(first.folder, "cpu")
    assert trained.split == 5
    judged = judge(trained, *data_of(trained, tmp_path)).judgement.accuracy
    assert judged == again.best.accuracy


@pytest.mark.parametrize("stream", [True, False])
def test_images_are_turned_where_the_spec_does_not_say_otherwise(
    tmp_path: Path, stream: bool
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            file = tmp_path / "data" / part / name / "0.png"
            picture(file, (8, 6))
            Image.new("RGB", (8, 6)).save(file, exif=exif)
    more: dict[str, Any] = {"stream": stream}
    assert read("folder", tmp_path / "data", (3, 8, 6), 2, **more).train.shape == (3, 8, 6)
    more["orientation"] = "ignore"
    assert read("folder", tmp_path / "data", (3, 6, 8), 2, **more).train.shape == (3, 6, 8)


def test_an_image_to_predict_is_turned_too(once: Path, tmp_path: Path) -> None:
    pixels = numpy.arange(64, dtype=numpy.uint8).reshape(8, 8) * 3
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(numpy.rot90(pixels).copy()).save(tmp_path / "turned.png", exif=exif)
    Image.fromarray(pixels).save(tmp_path / "upright.png")
    Image.fromarray(pixels * numpy.uint16(257)).save(tmp_path / "deep.png")
    run = open_run(once, "cpu")
    files = [tmp_path / f"{name}.png" for name in ("turned", "upright", "deep")]
    (turned, upright, deep), refused = predict(run, files)
    assert not refused
    assert turned.probabilities == upright.probabilities == deep.probabilities
