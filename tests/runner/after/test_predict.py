"""A run asked about image files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import netspec
from PIL import Image
from shades import SHADES, paint

from netspec.runner.after import eval
from netspec.runner.after.trained import open_run

pytestmark = pytest.mark.usefixtures("one_thread")


def test_images_are_answered_by_file_with_a_probability(here: Path) -> None:
    files = [f"data/shades/test/{name}/0.png" for name in SHADES]
    done = netspec("predict", "shades", *files, "--device", "cpu")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert [line[:2] for line in lines] == [
        [file, name] for file, name in zip(files, SHADES, strict=True)
    ]
    assert all(34 < float(line[2].rstrip("%")) <= 100 for line in lines)


def test_an_image_is_read_as_the_data_set_was(here: Path, tmp_path: Path) -> None:
    """The same picture gives the same probabilities, from a file as from the data set."""
    run = open_run(here / "runs" / "tiny" / "1", "cpu")
    data, part = eval.data_of(run, here / "data")
    answers = eval.judge(run, data, part)
    files = []
    for i in range(5):
        file = tmp_path / f"{i}.png"
        Image.fromarray(data.judge.pixels[i, 0].numpy()).convert("RGBA").save(file)
        files.append(str(file))
    done = netspec("predict", "tiny", *files, "--device", "cpu", "--format", "json")
    found = json.loads(done.out)["images"]
    assert [one["image"] for one in found] == files
    for i, one in enumerate(found):
        assert one["class"] == str(int(answers.answers[i]))
        assert max(one["probabilities"].values()) == pytest.approx(
            float(answers.probabilities[i]), abs=1e-5
        )
        assert sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_what_is_no_image_is_named_and_the_others_are_answered(here: Path, tmp_path: Path) -> None:
    good, large = paint(tmp_path / "good.png", 20), paint(tmp_path / "large.png", 20, size=7)
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:-40])
    names = ("notes.txt", "good.png", "cut.png", "large.png", "none.png", "")
    done = netspec("predict", "shades", *(str(tmp_path / name) for name in names))
    assert done.code == 2
    assert done.out.split()[:2] == [str(good), "dark"]
    assert len(done.out.splitlines()) == 1
    notes, cut, size, missing, folder = done.err.splitlines()
    assert notes == f"error: {tmp_path / 'notes.txt'} is not an image that can be read"
    assert cut.startswith(f"error: {tmp_path / 'cut.png'} is not an image that can be read: ")
    assert size == f"error: {large} is 7 x 7, the network reads 6 x 6"
    assert missing.endswith("none.png is not an image that can be read: No such file or directory")
    assert folder.endswith("is not an image that can be read: Is a directory")


def test_an_image_is_resized_where_the_data_set_is(here: Path, tmp_path: Path) -> None:
    done = netspec("predict", "tiny", str(paint(tmp_path / "large.png", 100, size=40)))
    assert (done.code, done.err) == (0, "")
