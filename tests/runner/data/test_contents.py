"""Image files that stay on the disk: a run goes on with those that it began with."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import picture

from netspec import source
from netspec.diagnostic import NetspecError
from netspec.runner.data.contents import Contents, Found, digest
from netspec.runner.data.same import hold
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [3, 8, 8]
layers: [Conv2d: [4, 3], ReLU, Flatten, Linear: 2]
train:
  data: {dataset: folder, path: pets, stream: true}
  batch_size: 4
  epochs: 1
  optimizer: {Adam: {lr: 0.01}}
"""
GIVEN = SPEC.replace("stream: true", "stream: true, mean: [0, 0, 0], std: [1, 1, 1]")
"""Images are not measured, so that each is read for the first time when its turn comes."""


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Files that are all of one size."""
    for part in ("train", "test"):
        for index in range(4):
            picture(tmp_path / "pets" / part / "cat" / f"{index}.bmp", (8, 8), (200, index, 0))
            picture(tmp_path / "pets" / part / "dog" / f"{index}.bmp", (8, 8), (0, index, 200))
    return tmp_path / "pets"


def run(pets: Path, spec: str = SPEC, **more: Any) -> tuple[Result, str]:
    out = io.StringIO()
    place = pets.parent
    return train(source.parse(spec, "tiny.yaml"), place, "cpu", place / "runs", out, **more), (
        out.getvalue()
    )


def exchange(file: Path, later: int = 10) -> None:
    """Put another image of the same size there, so many nanoseconds later."""
    before = file.stat()
    picture(file, (8, 8), (9, 9, 9))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + later))
    assert file.stat().st_size == before.st_size


def copy(pets: Path) -> None:
    """The same images with the time of now."""
    shutil.copytree(pets, pets.parent / "copy", copy_function=shutil.copyfile)
    shutil.rmtree(pets)
    (pets.parent / "copy").rename(pets)


def nothing(pets: Path) -> None:
    pass


@pytest.mark.parametrize("change", [nothing, copy])
def test_the_same_images_are_gone_on_with(pets: Path, change: Callable[[Path], None]) -> None:
    first, _ = run(pets)
    change(pets)
    again, out = run(pets, resume=first.folder)
    assert again.rows == first.rows
    assert "going on after epoch 1" in out


@pytest.mark.parametrize("spec", [SPEC, GIVEN], ids=["measured", "given"])
@pytest.mark.parametrize("name", ["train/cat/2.bmp", "test/dog/0.bmp"])
def test_an_image_exchanged_for_one_of_the_same_size_is_refused(
    pets: Path, name: str, spec: str
) -> None:
    first, _ = run(pets, spec)
    exchange(pets / name)
    with pytest.raises(NetspecError) as caught:
        run(pets, spec, resume=first.folder)
    told = f"{first.folder} was made with other data: {pets / name} is another"
    assert str(caught.value) == told
    assert str(caught.value.help).startswith("--force goes on")
    more = spec.replace("epochs: 1", "epochs: 2")
    _, out = run(pets, more, resume=first.folder, force=True)
    assert told in out
    _, out = run(pets, more, resume=first.folder)
    assert "other data" not in out


def test_an_image_exchanged_at_the_same_time_is_noticed_once_it_is_read(pets: Path) -> None:
    first, _ = run(pets)
    exchange(pets / "train" / "cat" / "2.bmp", later=0)
    with pytest.raises(NetspecError, match=r"other data: .*2\.bmp is another"):
        run(pets, resume=first.folder)
    first, _ = run(pets, GIVEN)
    exchange(pets / "test" / "cat" / "2.bmp", later=0)
    more = GIVEN.replace("epochs: 1", "epochs: 2")
    with pytest.raises(NetspecError, match=r"2\.bmp has changed since it was first read"):
        run(pets, more, resume=first.folder, force=True)


def test_an_image_that_changes_while_training_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    contents = Contents.of([Found(str(tmp_path / "a"), 1, 7)])
    first, second = (torch.tensor([list(digest(data))], dtype=torch.uint8) for data in (b"a", b"b"))
    contents.learn(torch.tensor([0]), first)
    contents.learn(torch.tensor([0]), first)
    with pytest.raises(NetspecError, match="has changed since it was first read"):
        contents.learn(torch.tensor([0]), second)


@pytest.mark.parametrize(
    ("time", "known", "changed"),
    [(7, b"a", None), (7, b"", None), (8, b"a", None), (8, b"b", 0), (8, b"", 0)],
)
def test_a_file_of_another_time_is_the_same_where_its_content_is(
    tmp_path: Path, time: int, known: bytes, changed: int | None
) -> None:
    (tmp_path / "a").write_bytes(b"a")
    contents = Contents.of([Found(str(tmp_path / "a"), 1, 7)])
    before = list(digest(known)) if known else [0] * 16
    digests = torch.tensor([before], dtype=torch.uint8)
    assert contents.changed(torch.tensor([time]), digests) == changed


@pytest.mark.parametrize(
    ("known", "message"),
    [(b"b", "{}/a is another"), (b"", "{}/a is of another time, and was not read yet")],
)
def test_what_differs_is_refused_or_forced(tmp_path: Path, known: bytes, message: str) -> None:
    (tmp_path / "a").write_bytes(b"a")
    parts = {"train": Contents.of([Found(str(tmp_path / "a"), 1, 7)])}
    before = torch.tensor([list(digest(known)) if known else [0] * 16], dtype=torch.uint8)
    saved = {"train": {"times": torch.tensor([8]), "digests": before}}
    told = f"runs/x/1 was made with other data: {message.format(tmp_path)}"
    notes: list[str] = []
    with pytest.raises(NetspecError) as caught:
        hold(parts, saved, "runs/x/1", notes.append, force=False)
    assert str(caught.value) == told
    hold(parts, saved, "runs/x/1", notes.append, force=True)
    assert notes == [told]
    assert not parts["train"].digests.any()


def test_a_run_of_before_goes_by_names_and_sizes(pets: Path) -> None:
    parts = {"train": Contents.of([Found(str(pets / "no"), 1, 7)])}
    hold(parts, None, "runs/x/1", pytest.fail, force=False)


@pytest.mark.parametrize(
    "saved",
    [
        [],
        {},
        {"train": {"times": torch.tensor([8])}},
        {"train": {"times": torch.tensor([8]), "digests": torch.zeros(1, 15).byte()}},
        {"train": {"times": torch.zeros(2).long(), "digests": torch.zeros(2, 16).byte()}},
        {"train": {"times": torch.tensor([8.0]), "digests": torch.zeros(1, 16).byte()}},
    ],
    ids=str,
)
def test_what_no_run_saved_is_refused(saved: Any) -> None:
    parts = {"train": Contents.of([Found("a", 1, 7)])}
    with pytest.raises(NetspecError, match="the checkpoint does not fit the spec"):
        hold(parts, saved, "runs/x/1", pytest.fail, force=True)
