"""A run asked about image files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy
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
    good = paint(tmp_path / "good.png", 20)
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:-40])
    os.mkfifo(tmp_path / "fifo.png")
    names = ("notes.txt", "good.png", "cut.png", "fifo.png", "none.png", "")
    done = netspec("predict", "shades", *(str(tmp_path / name) for name in names))
    assert done.code == 2
    assert done.out.split()[:2] == [str(good), "dark"]
    assert len(done.out.splitlines()) == 1
    notes, cut, fifo, missing, folder = done.err.splitlines()
    assert notes == f"error: {tmp_path / 'notes.txt'} is not an image that can be read"
    assert cut.startswith(f"error: {tmp_path / 'cut.png'} is not an image that can be read: ")
    assert fifo == f"error: {tmp_path / 'fifo.png'} is a pipe, not a file"
    assert missing.endswith("none.png is not an image that can be read: No such file or directory")
    assert folder == f"error: {tmp_path} is a folder, not a file"


def test_an_image_is_resized_where_the_data_set_is(here: Path, tmp_path: Path) -> None:
    done = netspec("predict", "tiny", str(paint(tmp_path / "large.png", 100, size=40)))
    assert (done.code, done.err) == (0, "")


def test_of_an_image_of_another_size_the_middle_is_read_and_that_is_said(
    here: Path, tmp_path: Path
) -> None:
    """A bright square in a dark landscape: only the square is looked at."""
    wide = numpy.zeros((60, 100, 3), numpy.uint8)
    wide[:, 20:80] = 220
    Image.fromarray(wide).save(tmp_path / "wide.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "wide.png")
    names = [str(tmp_path / "wide.png"), str(tmp_path / "link.png")]
    done = netspec("predict", "shades", *names, "--format", "json")
    assert done.code == 0
    told = "note: 2 images were resized to 6 x 6, from the largest part in the middle that fits\n"
    assert done.err == told
    wide_one, link = (one["probabilities"] for one in json.loads(done.out)["images"])
    assert wide_one == link
    Image.new("RGB", (6, 6), (220, 220, 220)).save(tmp_path / "small.png")
    done = netspec("predict", "shades", str(tmp_path / "small.png"), "--format", "json")
    assert done.err == ""
    (small,) = (one["probabilities"] for one in json.loads(done.out)["images"])
    assert small == pytest.approx(wide_one, abs=1e-6)


def test_inverted_light_is_dark(here: Path, tmp_path: Path) -> None:
    for name, shade in (("light", 240), ("dark", 15)):
        Image.new("RGB", (6, 6), (shade, shade, shade)).save(tmp_path / f"{name}.png")

    def shares(name: str, *more: str) -> dict[str, float]:
        file = str(tmp_path / f"{name}.png")
        done = netspec("predict", "shades", file, "--format", "json", *more)
        found: dict[str, float] = json.loads(done.out)["images"][0]["probabilities"]
        return found

    assert shares("light", "--invert") == shares("dark")
    assert max(shares("dark"), key=lambda name: shares("dark")[name]) == "dark"
