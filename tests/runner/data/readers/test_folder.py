"""Class folders: what is read, and what is said of the files in them."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import picture, read

from netspec.diagnostic import Fault, NetspecError

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 4\n(%pipe%touch ran) (w) file\n%%EOF\n"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def pack(*sizes: int) -> bytes:
    return struct.pack(f">{len(sizes)}I", *sizes)


def bomb(file: Path, side: int) -> None:
    """An image that is a few thousand times its file."""
    data = zlib.compress(bytes(1000), 9)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(len(body)) + kind + body + pack(zlib.crc32(kind + body))

    header = pack(side, side) + b"\x08\x02\x00\x00\x00"
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def test_reads_class_folders_in_order(folder: Path) -> None:
    found = read("folder", folder.parent, (3, 4, 6), 2, path=folder.name)
    assert found.classes == ("cat", "dog")
    assert found.train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.train.pixels[1, :, 0, 0].tolist() == [255, 0, 1]
    assert (len(found.judge), found.judged) == (4, "test")


def test_reads_grey_where_the_network_does(folder: Path) -> None:
    assert read("folder", folder, (1, 4, 6), 2).train.pixels[0, 0, 0, 0] == 76


def test_resizes_where_told(folder: Path) -> None:
    picture(folder / "train" / "cat" / "9.png", (12, 12))
    with pytest.raises(NetspecError, match=r"9.png is 12 x 12, others are 6 x 4") as caught:
        read("folder", folder, (3, 4, 6), 2)
    assert "resize: true" in str(caught.value.help)
    found = read("folder", folder, (3, 5, 5), 2, resize=True)
    assert found.train.pixels.shape == (7, 3, 5, 5)


def test_images_are_found_at_any_depth_of_a_class(folder: Path) -> None:
    (folder / "train" / "cat" / "1.png").rename(folder / "train" / "cat" / "9.png")
    for name in ("a/0.png", "a/b/c/1.JPG", "10.png"):
        picture(folder / "train" / "cat" / name, color=(1, 2, 3))
    (folder / "far").mkdir()
    picture(folder / "far" / "0.png", color=(1, 2, 3))
    (folder / "train" / "cat" / "link").symlink_to(folder / "far")
    for stream in (True, False):
        found = read("folder", folder, (3, 4, 6), 2, stream=stream)
        assert found.train.labels.tolist() == [0] * 7 + [1] * 3
        ((pixels, _),) = found.train.batches([torch.arange(7)])
        assert pixels[:, 0, 0, 0].tolist() == pytest.approx([255, 1, 255, 255, 1, 1, 1], abs=2)
        assert found.notes == ()


def test_names_that_begin_with_a_dot_are_passed_over_and_counted(folder: Path) -> None:
    for name in (".DS_Store", ".ipynb_checkpoints/0.png", "cat/._0.png", "cat/.git/x"):
        (folder / "train" / name).parent.mkdir(exist_ok=True)
        (folder / "train" / name).write_bytes(b"no image")
    found = read("folder", folder, (3, 4, 6), 2)
    assert (found.classes, len(found.train)) == (("cat", "dog"), 6)
    assert found.notes == (f"4 names that begin with a dot passed over in {folder}",)


class TestAFolderWithoutParts:
    @pytest.fixture
    def whole(self, tmp_path: Path) -> Path:
        for index in range(10):
            picture(tmp_path / "cat" / f"{index}.png", color=(255, 0, index))
            picture(tmp_path / "dog" / "more" / f"{index}.png", color=(0, 255, index))
        return tmp_path

    @pytest.mark.parametrize("stream", [True, False])
    def test_is_split_by_class_and_seed(self, whole: Path, stream: bool) -> None:
        found, same, other = (
            read("folder", whole, (3, 4, 6), 2, split, val_fraction=0.3, stream=stream)
            for split in (3, 3, 4)
        )
        assert (found.judged, found.classes) == ("val", ("cat", "dog"))
        assert found.train.labels.bincount().tolist() == [7, 7]
        assert found.judge.labels.bincount().tolist() == [3, 3]
        assert found.digest() == same.digest()
        assert found.digest() != other.digest()
        parts = [next(p.batches([torch.arange(len(p))]))[0] for p in (found.train, found.judge)]
        assert len(torch.cat(parts).unique(dim=0)) == 20

    def test_needs_a_fraction(self, whole: Path) -> None:
        with pytest.raises(NetspecError, match=r"no train/ in") as caught:
            read("folder", whole, (3, 4, 6), 2)
        assert "or to <class>/ with val_fraction" in str(caught.value.help)

    def test_can_have_a_train_alone(self, folder: Path) -> None:
        (folder / "test").rename(folder / ".test")
        found = read("folder", folder, (3, 4, 6), 2, val_fraction=0.34)
        assert (len(found.train), len(found.judge), found.judged) == (4, 2, "val")
        picture(folder / "cow" / "0.png")
        with pytest.raises(NetspecError, match=r"has cow/ beside train/, and no test/"):
            read("folder", folder, (3, 4, 6), 2, val_fraction=0.34)

    def test_a_class_too_small_for_the_fraction_is_named(self, whole: Path) -> None:
        picture(whole / "ant" / "0.png")
        found = read("folder", whole, (3, 4, 6), 3, val_fraction=0.3)
        assert found.notes == ("val_fraction 0.3 holds back no image of ant",)
        with pytest.raises(Fault) as caught:
            read("folder", whole, (3, 4, 6), 3, val_fraction=0.6)
        assert caught.value.message == "val_fraction 0.6 leaves no image of ant to train on"
        assert caught.value.at == ("val_fraction",)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: shutil.rmtree(f / "test" / "cat"), "/test has no images of cat"),
        (lambda f: [x.unlink() for x in (f / "train" / "dog").iterdir()], "no images in .*/dog"),
        (lambda f: [x.unlink() for x in (f / "test" / "dog").iterdir()], "no images in .*/dog"),
        (lambda f: (f / "train" / "dog" / "notes.txt").touch(), "notes.txt is in a class, and no"),
        (lambda f: (f / "test" / "cat" / "Thumbs.db").touch(), "Thumbs.db is in a class, and no"),
        (lambda f: (f / "test" / "cat" / "0").touch(), "/0 is in a class, and no image"),
        (lambda f: os.mkfifo(f / "test" / "cat" / "9.png"), "9.png is in a class, and no image"),
        (lambda f: (f / "test" / "cat" / "9.png").symlink_to("no"), "9.png is in a class, and no"),
        (lambda f: picture(f / "train" / "0.png"), "/train/0.png is an image of no class"),
        (lambda f: (f / "test" / "cat" / "up").symlink_to(f / "test" / "cat"), "up is a link to a"),
        (lambda f: (f / "test").rename(f / "tests"), "no test/ or val/ in"),
        (lambda f: (f / "train").rename(f / "x"), "no train/ in"),
        (lambda f: picture(f / "test" / "cow" / "0.png"), "class that train/ has not: cow"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b"GIF89a"), "1.png is not an"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b""), "1.png is not an image"),
        (lambda f: cut(f / "train" / "cat" / "1.png"), "1.png is not an image"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(EPS), "1.png is not an image"),
        (
            lambda f: bomb(f / "train" / "cat" / "1.png", 9000),
            "9000 x 9000, at most 50,000,000",
        ),
        (lambda f: bomb(f / "train" / "cat" / "1.png", 10000), "1.png is not an image"),
        (lambda f: bomb(f / "train" / "cat" / "1.png", 60000), "1.png is not an image"),
    ],
    ids=[
        "no-class",
        "empty-class",
        "empty-class-to-judge",
        "text",
        "thumbs",
        "no-suffix",
        "pipe",
        "broken-link",
        "no-class-folder",
        "circle",
        "no-test",
        "no-train",
        "extra-class",
        "gif",
        "empty",
        "cut",
        "eps",
        "large",
        "larger",
        "largest",
    ],
)
def test_says_what_is_wrong_with_it(folder: Path, damage: Any, message: str) -> None:
    damage(folder)
    with pytest.raises(NetspecError, match=message):
        read("folder", folder, (3, 4, 6), 2)
