"""Images with masks: what is read, and what is said of files that do not go together."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn
import numpy
import pytest
import torch
from datasets import png
from PIL import Image

from netspec.diagnostic import Fault, NetspecError
from netspec.language.training import Data
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.pairs import Pairs
from netspec.runner.data.readers import segmentation
from netspec.runner.data.wanted import Wanted
from netspec.runner.together.world import ALONE


def read(root: Path, shape: tuple[int, ...] = (3, 8, 8), given: int = 3, **more: Any) -> Dataset:
    data = Data.model_validate({"dataset": "segmentation", "path": "shapes", **more})
    size = shape[1:] if data.resize else None
    output = (given, *shape[1:])
    return segmentation.read(Wanted(data, root, shape, size, shape[0] == 1, ALONE, output))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn.data(tmp_path_factory.mktemp("made"), 4, 2, side=8)


@pytest.fixture
def root(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def mask(root: Path, values: Any, name: str = "train/masks/000.png") -> None:
    Image.fromarray(numpy.array(values, numpy.uint8)).save(root / "shapes" / name)


def test_masks_with_a_palette_and_of_greys_have_the_indexes_that_were_written(made: Path) -> None:
    data = read(made)
    assert (data.classes, data.judged, len(data.train), len(data.judge)) == (
        ("0", "1", "2"), "test", 4, 2,
    )  # fmt: skip
    for index in range(4):
        image, expected = drawn.drawn(index, 8)
        assert torch.equal(data.train.labels[index], torch.from_numpy(expected))
        assert torch.equal(data.train.pixels[index], torch.from_numpy(image).permute(2, 0, 1))
    assert set(data.train.labels.unique().tolist()) == {0, 1, 2, 255}


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_of_few_or_many_bits_has_the_indexes_that_were_written(root: Path, bits: int) -> None:
    values = numpy.arange(64).reshape(8, 8) % min(3, 2**bits)
    (root / "shapes" / "train" / "masks" / "000.png").write_bytes(png(values, bits))
    assert torch.equal(read(root).train.labels[0], torch.from_numpy(values).byte())


def test_names_of_classes_are_those_that_the_spec_has(made: Path) -> None:
    assert read(made, classes=[*drawn.CLASSES]).classes == drawn.CLASSES
    with pytest.raises(Fault, match="classes has 2 names, the network gives 3") as caught:
        read(made, classes=["ground", "thing"])
    assert caught.value.at == ("classes",)


def test_parts_may_stand_below_images_and_masks_and_one_may_be_split(root: Path) -> None:
    shapes = root / "shapes"
    usual = read(root)
    for kind in ("images", "masks"):
        for part in ("train", "test"):
            (shapes / part / kind).rename(shapes / f"{kind}-{part}")
    for part in ("train", "test"):
        (shapes / part).rmdir()
        for kind in ("images", "masks"):
            (shapes / kind).mkdir(exist_ok=True)
            (shapes / f"{kind}-{part}").rename(shapes / kind / part)
    assert torch.equal(read(root).judge.labels, usual.judge.labels)
    for kind in ("images", "masks"):
        shutil.rmtree(shapes / kind / "test")
    with pytest.raises(NetspecError, match="no test/ or val/"):
        read(root)
    assert len(read(root, val_fraction=0.5).train) == 4
    for kind in ("images", "masks"):
        for file in (shapes / kind / "train").iterdir():
            file.rename(shapes / kind / file.name)
        (shapes / kind / "train").rmdir()
    assert torch.equal(read(root, val_fraction=0.5).train.labels, usual.train.labels)
    with pytest.raises(NetspecError, match="has no parts") as caught:
        read(root)
    assert caught.value.help == "val_fraction splits it"


def test_both_are_resized_and_a_mask_takes_the_nearest_pixel(root: Path) -> None:
    drawn.save(root / "shapes" / "train", "deep/009", 9, 32)
    data = read(root, (3, 16, 16), resize=True)
    image, expected = drawn.drawn(9, 32)
    near = Image.fromarray(expected).resize((16, 16), Image.Resampling.NEAREST)
    assert torch.equal(data.train.labels[-1], torch.from_numpy(numpy.array(near)))
    smooth = Image.fromarray(image).resize((16, 16), Image.Resampling.BILINEAR)
    assert torch.equal(
        data.train.pixels[-1].permute(1, 2, 0), torch.from_numpy(numpy.array(smooth))
    )
    held = read(root, (3, 16, 16), resize=True, stream=True).train.read()
    assert torch.equal(held.labels, data.train.labels)
    with pytest.raises(NetspecError, match=r"009\.png is 32 x 32, others are 8 x 8"):
        read(root)


def test_streamed_pairs_are_those_in_memory(made: Path) -> None:
    picks = [torch.tensor([3, 0]), torch.tensor([1])]
    held, streamed = (read(made, stream=stream).train for stream in (False, True))
    assert (type(held), type(streamed)) == (Images, Pairs)
    for ours, theirs in zip(streamed.batches(picks), held.batches(picks), strict=True):
        assert all(map(torch.equal, ours, theirs))
    part = streamed.take(torch.tensor([2, 3]))
    (found,) = part.batches([torch.tensor([1])])
    assert torch.equal(found[1], held.labels[3:])
    assert [name.name for name in map(part.contents.path, range(4))] == ["002.png", "003.png"] * 2


def test_a_mask_that_was_exchanged_is_noticed(root: Path) -> None:
    streamed = read(root, stream=True).train
    assert len(list(streamed.batches([torch.arange(4)]))) == 1
    mask(root, numpy.ones((8, 8)))
    with pytest.raises(NetspecError, match=r"masks/000\.png has changed"):
        list(streamed.batches([torch.arange(4)]))


WRONG: list[tuple[Callable[[Path], Any], str, str]] = [
    (lambda f: (f / "train/masks/001.png").unlink(), "images/001.png has no mask", "masks/001.png"),
    (lambda f: (f / "test/images/001.png").unlink(), "masks/001.png has no image", "called 001"),
    (
        lambda f: mask(f.parent, numpy.zeros((6, 7))),
        "train/masks/000.png is 7 x 6, .*train/images/000.png 8 x 8",
        "a pixel for each",
    ),
    (
        lambda f: mask(f.parent, numpy.diag([0, 1, 2, 0, 4, 0, 0, 0])),
        "masks/000.png has 4 in row 4, column 4, and the network gives 3 classes",
        "0 to 2, 255 is left out",
    ),
    (lambda f: mask(f.parent, numpy.zeros((8, 8, 3))), "000.png is RGB, and no mask", "palette"),
    (lambda f: mask(f.parent, numpy.zeros((8, 8, 2))), "000.png is LA, and no mask", "palette"),
    (
        lambda f: (f / "train/masks/000.png").write_bytes(b"P5 1 1 255 0"),
        "000.png is PPM, and no mask",
        "PNG",
    ),
    (lambda f: (f / "train/masks/000.png").write_bytes(b""), "000.png is not an image", ""),
    (lambda f: (f / "test/masks/000.png").write_bytes(b"\x89PNG"), "000.png is not an image", ""),
    (lambda f: (f / "test/masks/a.jpg").touch(), "a.jpg is no mask: those are png", "take it out"),
    (lambda f: (f / "test/images/a.txt").touch(), "a.txt is no image: those are bmp", "take it"),
    (
        lambda f: shutil.copy(f / "train/images/000.png", f / "train/images/000.bmp"),
        "000.png and .*000.bmp have the same name",
        "rename one",
    ),
    (lambda f: shutil.rmtree(f / "train/masks"), "no .*train/masks", "masks to train/masks/"),
    (
        lambda f: [one.unlink() for one in (f / "test/images").iterdir()],
        "nothing is in .*test/images",
        "images go to",
    ),
    (shutil.rmtree, "no train/images/ in .*shapes", "images go to"),
    (
        lambda f: [mask(f.parent, numpy.eye(8) * 255, f"train/masks/00{i}.png") for i in range(4)],
        "shapes have class 0 alone, and 255, which is left out",
        "write its index, 1",
    ),
]


@pytest.mark.parametrize(("spoil", "message", "hint"), WRONG, ids=[one[1] for one in WRONG])
def test_what_does_not_go_together_is_one_message_with_the_file(
    root: Path, spoil: Callable[[Path], Any], message: str, hint: str
) -> None:
    spoil(root / "shapes")
    with pytest.raises(NetspecError, match=message) as caught:
        read(root)
    assert hint in (caught.value.help or "")
    assert "\n" not in str(caught.value)


def test_a_class_that_no_mask_has_is_said(made: Path) -> None:
    assert read(made, given=4).notes == ("no mask to learn from has 3",)


@pytest.mark.parametrize(
    ("shape", "output", "message"),
    [
        ((192,), (3,), r"masks are of images, the network reads \(192,\)"),
        ((3, 8, 8), (3,), r"masks have 8 x 8 pixels, the network gives \(3,\)"),
        ((3, 8, 8), (3, 4, 4), r"8 x 8 pixels, the network gives \(3, 4, 4\)"),
    ],
)
def test_a_network_that_gives_no_map_of_classes_is_refused(
    made: Path, shape: tuple[int, ...], output: tuple[int, ...], message: str
) -> None:
    data = Data.model_validate({"dataset": "segmentation", "path": "shapes"})
    with pytest.raises(Fault, match=message):
        segmentation.read(Wanted(data, made, shape, None, False, ALONE, output))
