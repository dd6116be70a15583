"""Data sets: what is read, what is refused, and what is said when it is not there."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import tarfile
import threading
import zlib
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from PIL import Image
from pydantic import ValidationError

from netspec.diagnostic import Fault, NetspecError
from netspec.language.training import Data
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset, Images, histogram, moments, stratified
from netspec.runner.data.stream import Streamed

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 4\n(%pipe%touch ran) (w) file\n%%EOF\n"


def pack(*sizes: int) -> bytes:
    return struct.pack(f">{len(sizes)}I", *sizes)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def bomb(file: Path, side: int) -> None:
    """An image that is a few thousand times its file."""
    data = zlib.compress(bytes(1000), 9)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(len(body)) + kind + body + pack(zlib.crc32(kind + body))

    header = pack(side, side) + b"\x08\x02\x00\x00\x00"
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


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
    mean, std = moments(histogram(pixels))
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
        with pytest.raises(NetspecError, match=r"9.png is 12 x 12, others are 6 x 4") as caught:
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
    def test_says_what_is_wrong_with_it(self, folder: Path, damage: Any, message: str) -> None:
        damage(folder)
        with pytest.raises(NetspecError, match=message):
            read("folder", folder, (3, 4, 6), 2)


class TestStream:
    def test_gives_what_memory_gives(self, folder: Path) -> None:
        picks = [torch.tensor([5, 0, 3]), torch.tensor([1])]
        for more in ({}, {"resize": True}, {"val_fraction": 0.34}):
            shape = (3, 5, 7) if "resize" in more else (3, 4, 6)
            streamed, held = (
                read("folder", folder, shape, 2, stream=stream, **more) for stream in (True, False)
            )
            assert type(streamed.train) is Streamed
            assert type(held.train) is Images
            found = list(streamed.train.batches([pick % len(held.train) for pick in picks]))
            wanted = list(held.train.batches([pick % len(held.train) for pick in picks]))
            for ours, theirs in zip(found, wanted, strict=True):
                assert all(map(torch.equal, ours, theirs))

    def test_reading_leaves_the_generator_of_dropout_alone(self, folder: Path) -> None:
        images = read("folder", folder, (3, 4, 6), 2, stream=True).train
        before = torch.get_rng_state()
        assert len(list(images.batches([torch.tensor([0])]))) == 1
        assert torch.equal(before, torch.get_rng_state())

    @pytest.mark.parametrize(
        ("free", "kind"), [(2 * 720, Images), (2 * 720 - 2, Streamed), (None, Images)]
    )
    def test_is_chosen_where_images_would_take_more_than_half_of_what_is_free(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, free: int | None, kind: type
    ) -> None:
        monkeypatch.setattr("netspec.runner.data.readers.folder.free", lambda device: free)
        assert type(read("folder", folder, (3, 4, 6), 2).train) is kind

    def test_a_damaged_image_is_named_without_a_traceback(self, folder: Path) -> None:
        images = read("folder", folder, (3, 4, 6), 2, stream=True).train
        (folder / "train" / "dog" / "0.png").write_bytes(b"")
        with pytest.raises(NetspecError, match=r"0\.png is not an image") as caught:
            list(images.batches([torch.arange(6)]))
        assert "\n" not in str(caught.value)

    def test_is_for_folders(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="digits is held in memory"):
            read("digits", tmp_path, (1, 8, 8), 10, stream=True)


class TestTorchvision:
    @pytest.mark.parametrize("name", ["MNIST", "FashionMNIST", "CIFAR10"])
    def test_without_network_one_message_says_where_files_go(
        self, tmp_path: Path, name: str, offline: list[Any]
    ) -> None:
        shape = (3, 32, 32) if name == "CIFAR10" else (1, 28, 28)
        with pytest.raises(NetspecError) as caught:
            read(name, tmp_path / "data", shape, 10)
        assert offline
        assert f"{name} is not in {tmp_path / 'data'}, and downloading it failed" in str(
            caught.value
        )
        assert "--data-dir" in str(caught.value.help)
        assert not list((tmp_path / "data").iterdir())

    def test_what_is_there_needs_no_network(self, real: Path, offline: list[Any]) -> None:
        found = read("MNIST", real, (1, 28, 28), 10)
        assert (len(found.train), len(found.judge)) == (60_000, 10_000)
        assert moments(histogram(found.train.pixels))[0] == pytest.approx([0.1307], abs=1e-4)
        assert not offline

    def test_cifar10_is_read_from_class_folders(self, tmp_path: Path, offline: list[Any]) -> None:
        for part in ("train", "test"):
            for name in range(10):
                picture(tmp_path / "cifar10" / part / f"{name}" / "0.png", (32, 32))
        found = read("CIFAR10", tmp_path, (3, 32, 32), 10)
        assert (found.name, len(found.train)) == ("CIFAR10", 10)
        assert not offline

    @pytest.mark.parametrize(
        ("name", "damage", "message"),
        [
            (LABELS, lambda b: b[:-1] + b"\xff", "label 255 at 2, at most 9 expected"),
            (LABELS, lambda b: b[:4] + pack(2) + b[8:-1], "has 2 labels, {images} 3 images"),
            (LABELS, lambda b: b[:-1], "is 10 bytes, its header says 3: 11 expected"),
            (LABELS, lambda b: b"", "begins with nothing, 00000801 expected"),
            (IMAGES, lambda b: b[:999], "is 999 bytes, its header says 3 x 28 x 28: 2,368 expec"),
            (IMAGES, lambda b: b + b"x", "is 2,369 bytes, its header says 3 x 28 x 28: 2,368"),
            (IMAGES, lambda b: b[:4] + pack(2**31) + b[8:], "says 2,147,483,648 x 28 x 28: 1,683"),
            (IMAGES, lambda b: b[:9], "is 9 bytes, its header is 16"),
            (IMAGES, lambda b: b"<html>" + b, "begins with 3c68746d, 00000803 expected"),
            (IMAGES, lambda b: b[:4] + pack(0) + b[8:16], "holds nothing"),
        ],
        ids=[
            "label",
            "counts",
            "short",
            "empty",
            "truncated",
            "trailing",
            "huge",
            "header",
            "html",
            "none",
        ],
    )
    def test_damaged_files_are_refused_with_what_was_expected(
        self, tmp_path: Path, offline: list[Any], name: str, damage: Any, message: str
    ) -> None:
        raw = tmp_path / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for part in ("train", "t10k"):
            images = pack(2051, 3, 28, 28) + bytes(3 * 28 * 28)
            (raw / f"{part}-{IMAGES}").write_bytes(images)
            (raw / f"{part}-{LABELS}").write_bytes(pack(2049, 3) + bytes([0, 1, 2]))
        assert len(read("MNIST", tmp_path, (1, 28, 28), 10).train) == 3
        file = raw / f"t10k-{name}"
        file.write_bytes(damage(file.read_bytes()))
        with pytest.raises(NetspecError) as caught:
            read("MNIST", tmp_path, (1, 28, 28), 10)
        assert str(caught.value).startswith(f"{file}")
        assert message.format(images=f"t10k-{IMAGES}") in str(caught.value)
        assert not offline

    def test_a_pickle_that_is_not_the_published_one_is_not_opened(
        self, tmp_path: Path, offline: list[Any]
    ) -> None:
        place = tmp_path / "cifar-10-batches-py"
        place.mkdir()
        for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"):
            (place / name).write_bytes(b"cposix\nsystem\n(S'touch ran'\ntR.")
        with pytest.raises(NetspecError, match=r"data_batch_1 is \d+ bytes of md5 \w+, c99caf\w+ "):
            read("CIFAR10", tmp_path, (3, 32, 32), 10)
        assert not offline

    @pytest.mark.parametrize(("name", "size"), [("MNIST", 28), ("CIFAR10", 32)])
    def test_an_archive_that_is_not_the_published_one_is_not_unpacked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
    ) -> None:
        served = tmp_path / "served"
        served.mkdir()
        with tarfile.open(served / "cifar-10-python.tar.gz", "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("../../escaped"))
        kind = getattr(torchvision.datasets, name)
        (served / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(1000)))
        asked = []

        class Server(SimpleHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                asked.append(self.path)

        with HTTPServer(("127.0.0.1", 0), partial(Server, directory=str(served))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            home = f"http://127.0.0.1:{server.server_port}/"
            monkeypatch.setattr(kind, "url", f"{home}cifar-10-python.tar.gz", raising=False)
            monkeypatch.setattr(kind, "mirrors", [home], raising=False)
            with pytest.raises(
                NetspecError, match=f"{name} is not in .*, and downloading it failed"
            ):
                read(name, tmp_path / "data", (3 if size == 32 else 1, size, size), 10)
            server.shutdown()
        assert asked
        assert list((tmp_path / "data").iterdir()) == []
        assert not (tmp_path / "escaped").exists()


def test_an_empty_part_is_refused() -> None:
    some = Images(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.zeros(1, dtype=torch.long))
    none = some.take(torch.zeros(0, dtype=torch.long))
    with pytest.raises(NetspecError, match="no test images"):
        Dataset("x", some, none, ("a",)).checked()
