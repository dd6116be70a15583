"""Data sets: what is read, what is refused, and what is said when it is not there."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from PIL import Image

from netspec.diagnostic import Fault, NetspecError
from netspec.runtime.datasets import load
from netspec.runtime.images import Dataset, Images, moments, stratified
from netspec.training import Data


@pytest.fixture(scope="session")
def real() -> Path:
    if place := os.environ.get("NETSPEC_DATA"):
        return Path(place)
    pytest.skip("real images: NETSPEC_DATA names no folder that holds them")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    tried: list[Any] = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        raise OSError("network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def read(dataset: str, folder: Path, shape: tuple[int, ...], classes: int, **more: Any) -> Dataset:
    data = Data.model_validate({"dataset": dataset, **more})
    return load(data, folder, shape, (classes,))


def picture(path: Path, size: tuple[int, int] = (6, 4), color: Any = (255, 0, 51)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part, count in (("train", 3), ("test", 2)):
        for index in range(count):
            picture(tmp_path / part / "cat" / f"{index}.png", color=(255, 0, index))
            picture(tmp_path / part / "dog" / f"{index}.png", color=(0, 255, index))
    (tmp_path / "train" / "dog" / "notes.txt").write_text("not an image")
    return tmp_path


def test_digits_are_split_the_same_way_every_time(tmp_path: Path) -> None:
    first, second = (read("digits", tmp_path, (1, 8, 8), 10) for _ in range(2))
    assert (len(first.train), len(first.judge), first.judged) == (1438, 359, "test")
    assert torch.equal(first.judge.pixels, second.judge.pixels)
    counts = first.judge.labels.bincount() / (first.train.labels.bincount() * 0.25)
    assert counts.tolist() == pytest.approx([1] * 10, abs=0.03)
    assert (int(first.train.pixels.min()), int(first.train.pixels.max())) == (0, 255)


@pytest.mark.parametrize("shape", [(1, 16, 16), (1, 28, 28)])
def test_digits_take_the_inputs_size(tmp_path: Path, shape: tuple[int, ...]) -> None:
    assert tuple(read("digits", tmp_path, shape, 10).train.pixels.shape[1:]) == shape


def test_a_flat_input_reads_the_pixels_in_a_row(tmp_path: Path) -> None:
    assert read("digits", tmp_path, (64,), 10).train.pixels.shape[1:] == (1, 8, 8)


def test_a_held_back_part_takes_the_test_sets_place(tmp_path: Path) -> None:
    found = read("digits", tmp_path, (1, 8, 8), 10, val_fraction=0.1)
    assert (len(found.train), len(found.judge), found.judged) == (1295, 143, "val")


def test_parts_of_a_split_are_disjoint_and_whole() -> None:
    labels = torch.arange(100) % 3
    first, second = stratified(labels, 0.3, seed=1)
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(100))
    assert labels[second].bincount().tolist() == [10, 10, 10]
    assert stratified(labels, 0.3, seed=2)[1].tolist() != second.tolist()


def test_moments_are_the_channels_mean_and_deviation() -> None:
    pixels = torch.randint(0, 256, (50, 3, 4, 5), dtype=torch.uint8)
    pixels[:, 1] //= 3
    mean, std = moments(pixels)
    values = pixels.double().transpose(0, 1).flatten(1) / 255
    assert mean == pytest.approx(values.mean(1).tolist())
    assert std == pytest.approx(values.std(1, correction=0).tolist())


@pytest.mark.parametrize(
    ("shape", "classes", "message", "hint"),
    [
        ((1, 8, 8), 9, "digits has 10 classes, the network gives 9", "10 outputs"),
        ((3, 8, 8), 10, "images of digits are 1 x 8 x 8, the network reads 3 x 8 x 8", "[1, 8, 8]"),
        ((60,), 10, "images of digits are 1 x 8 x 8, the network reads 60", "[1, 8, 8]"),
    ],
)
def test_data_that_does_not_fit_the_network_is_refused(
    tmp_path: Path, shape: tuple[int, ...], classes: int, message: str, hint: str
) -> None:
    with pytest.raises(Fault) as caught:
        read("digits", tmp_path, shape, classes)
    assert caught.value.message == message
    assert hint in str(caught.value.help)


class TestFolder:
    def test_reads_class_folders_in_order(self, folder: Path) -> None:
        found = read("folder", folder.parent, (3, 4, 6), 2, path=folder.name)
        assert found.classes == ("cat", "dog")
        assert found.train.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert found.train.pixels[1, :, 0, 0].tolist() == [255, 0, 1]
        assert (len(found.judge), found.judged) == (4, "test")

    def test_reads_grey_where_the_network_does(self, folder: Path) -> None:
        assert read("folder", folder, (1, 4, 6), 2).train.pixels[0, 0, 0, 0] == 76

    def test_resizes_where_told(self, folder: Path) -> None:
        picture(folder / "train" / "cat" / "9.png", (12, 12))
        with pytest.raises(NetspecError, match=r"9.png is 12 x 12, 0.png is 6 x 4") as caught:
            read("folder", folder, (3, 4, 6), 2)
        assert "resize: true" in str(caught.value.help)
        found = read("folder", folder, (3, 5, 5), 2, resize=True)
        assert found.train.pixels.shape == (7, 3, 5, 5)

    @pytest.mark.parametrize(
        ("damage", "message"),
        [
            (lambda f: (f / "test").rename(f / "tests"), "no test/ or val/ in"),
            (lambda f: (f / "train").rename(f / "x"), "no train/ in"),
            (lambda f: picture(f / "test" / "cow" / "0.png"), "class that train/ has not: cow"),
            (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b"GIF89a"), "1.png is not an"),
            (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b""), "1.png is not an image"),
        ],
        ids=["no-test", "no-train", "extra-class", "damaged", "empty"],
    )
    def test_says_what_is_wrong_with_it(self, folder: Path, damage: Any, message: str) -> None:
        damage(folder)
        with pytest.raises(NetspecError, match=message):
            read("folder", folder, (3, 4, 6), 2)


class TestTorchvision:
    @pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "CIFAR10"])
    def test_without_network_one_message_says_where_files_go(
        self, tmp_path: Path, name: str, offline: list[Any]
    ) -> None:
        shape = (3, 32, 32) if name == "CIFAR10" else (1, 28, 28)
        with pytest.raises(NetspecError) as caught:
            read(name, tmp_path / "data", shape, 10)
        assert offline
        assert f"{name} is not in {tmp_path / 'data'}, and downloading it failed" in str(caught.value)
        assert "--data-dir" in str(caught.value.help)
        assert not list((tmp_path / "data").iterdir())

    def test_what_is_there_needs_no_network(self, real: Path, offline: list[Any]) -> None:
        found = read("MNIST", real, (1, 28, 28), 10)
        assert (len(found.train), len(found.judge)) == (60_000, 10_000)
        assert moments(found.train.pixels)[0] == pytest.approx([0.1307], abs=1e-4)
        assert not offline

    def test_cifar10_is_read_from_class_folders(self, tmp_path: Path, offline: list[Any]) -> None:
        for part in ("train", "test"):
            for name in range(10):
                picture(tmp_path / "cifar10" / part / f"{name}" / "0.png", (32, 32))
        found = read("CIFAR10", tmp_path, (3, 32, 32), 10)
        assert (found.name, len(found.train)) == ("CIFAR10", 10)
        assert not offline

    @pytest.mark.parametrize(
        ("labels", "count", "message"),
        [
            ([0, 1, 255], 3, "training label 255 is outside 0 to 9"),
            ([0, 1], 2, "3 training images, 2 labels"),
            ([0, 1, 2], 9, "cannot be read"),
        ],
        ids=["label", "count", "short"],
    )
    def test_damaged_files_are_refused(
        self, tmp_path: Path, offline: list[Any], labels: list[int], count: int, message: str
    ) -> None:
        raw = tmp_path / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for part in ("train", "t10k"):
            images = struct.pack(">4i", 2051, 3, 28, 28) + numpy.zeros((3, 28, 28), "u1").tobytes()
            (raw / f"{part}-images-idx3-ubyte").write_bytes(images)
            head = struct.pack(">2i", 2049, count)
            (raw / f"{part}-labels-idx1-ubyte").write_bytes(head + bytes(labels))
        with pytest.raises(NetspecError, match=message):
            read("MNIST", tmp_path, (1, 28, 28), 10)
        assert not offline


def test_an_empty_part_is_refused() -> None:
    some = Images(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.zeros(1, dtype=torch.long))
    none = some.take(torch.zeros(0, dtype=torch.long))
    with pytest.raises(NetspecError, match="no test images"):
        Dataset("x", some, none, ("a",)).checked()
