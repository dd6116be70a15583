"""Arrays in a NumPy file: what is read of them, and what is said of wrong ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from datasets import read

from netspec.diagnostic import Fault, NetspecError
from netspec.language.training import Data
from netspec.runner.data.prepare import Prepare

FLOATS = numpy.arange(24, dtype=numpy.float64).reshape(8, 3)
LABELS = numpy.array([0, 1, 0, 1, 0, 1, 0, 1])
GOOD = {"x_train": FLOATS, "y_train": LABELS, "x_test": FLOATS[:4], "y_test": LABELS[:4]}


def saved(folder: Path, **arrays: Any) -> Path:
    there = {name: array for name, array in (GOOD | arrays).items() if array is not None}
    numpy.savez(folder / "own.npz", **there)
    return folder


def found(folder: Path, shape: tuple[int, ...] = (3,), classes: int = 2, **more: Any) -> Any:
    return read("npz", folder, shape, classes, path="own.npz", **more)


def test_columns_are_numbers_and_are_standardised_by_what_is_measured(tmp_path: Path) -> None:
    data = found(saved(tmp_path))
    assert (data.what, data.classes, data.judged) == ("samples", ("0", "1"), "test")
    assert (len(data.train), len(data.judge), data.train.numbers) == (8, 4, True)
    wanted = Data.model_validate({"dataset": "npz", "path": "own.npz"})
    x = Prepare(wanted, data.train, (3,))(data.train.pixels).double()
    expected = (FLOATS - FLOATS.mean(0)) / FLOATS.std(0)
    assert torch.allclose(x, torch.from_numpy(expected), atol=1e-6)


def test_signals_have_a_mean_for_each_channel_and_a_constant_one_is_only_moved(
    tmp_path: Path,
) -> None:
    chance = numpy.random.default_rng(0)
    x = numpy.stack([chance.normal(1e6, 1, (8, 5)), numpy.full((8, 5), 0.1)], 1)
    data = found(saved(tmp_path, x_train=x, x_test=x[:4]), (2, 5))
    wanted = Data.model_validate({"dataset": "npz", "path": "own.npz"})
    prepare = Prepare(wanted, data.train, (2, 5))
    assert prepare.mean == pytest.approx([x[:, 0].astype("f4").astype("f8").mean(), 0.1])
    assert prepare.std[0] == pytest.approx(x[:, 0].astype("f4").astype("f8").std(), rel=1e-9)
    assert prepare.std[1] == 1
    assert prepare(data.train.pixels)[:, 1].abs().max() < 1e-6


@pytest.mark.parametrize("shape", [(8, 4, 6), (8, 1, 4, 6), (8, 3, 4, 6)])
def test_bytes_of_the_shape_of_images_are_pixels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = numpy.full(shape, 51, numpy.uint8)
    image = (shape[1] if len(shape) == 4 else 1, 4, 6)
    data = found(saved(tmp_path, x_train=x, x_test=x[:4]), image)
    assert (data.what, data.train.shape, data.train.numbers) == ("images", image, False)
    told = {"mean": [0.0] * image[0], "std": [1.0] * image[0]}
    wanted = Data.model_validate({"dataset": "npz", "path": "own.npz", **told})
    assert Prepare(wanted, data.train, image)(data.train.pixels).unique().tolist() == [
        pytest.approx(0.2)
    ]


def test_labels_are_names_or_numbers_that_are_named(tmp_path: Path) -> None:
    names = numpy.array(["dog", "cat"])
    data = found(saved(tmp_path, y_train=names[LABELS], y_test=names[LABELS[:4]]))
    assert (data.classes, data.train.labels.tolist()[:2]) == (("cat", "dog"), [1, 0])
    data = found(saved(tmp_path, classes=names))
    assert (data.classes, data.train.labels.tolist()[:2]) == (("dog", "cat"), [0, 1])


def test_a_part_is_held_back_and_what_is_not_read_is_told(tmp_path: Path) -> None:
    folder = saved(tmp_path, x_test=None, y_test=None, times=FLOATS)
    data = found(folder, val_fraction=0.25)
    assert (len(data.train), len(data.judge), data.judged) == (6, 2, "val")
    assert data.notes == (f"not read in {tmp_path / 'own.npz'}: times",)


NAN = FLOATS.copy()
NAN[5, 2] = numpy.nan
OBJECTS = numpy.array([[1, "a", None]] * 8, dtype=object)
WRONG = {
    "no test": ({"x_test": None}, "own.npz has no x_test", "val_fraction does without"),
    "nan": ({"x_train": NAN}, "x_train[5, 2] is nan", "finite numbers"),
    "large": ({"x_test": FLOATS[:4] * 1e300}, "x_test[0, 1] is 1e+300, beyond float32", "finite"),
    "texts": ({"x_train": FLOATS.astype(str)}, "x_train is <U32, samples are numbers", None),
    "objects": ({"x_train": OBJECTS}, "x_train cannot be read: it has objects, which", None),
    "fewer labels": ({"y_train": LABELS[:7]}, "y_train has the shape (7,), x_train (8, 3)", "(8,)"),
    "one-hot": ({"y_test": FLOATS[:4]}, "y_test has the shape (4, 3), a class is", "argmax(1)"),
    "float labels": (
        {"y_train": LABELS * 1.0}, "y_train is float64 and has the numbers 0 to 1 alone",
        "y_train.astype(int) for classes",
    ),
    "negative": ({"y_test": LABELS[:4] - 1}, "y_test[0] is -1, outside 0 to 1", "from 0"),
    "from 1": ({"y_train": LABELS + 1}, "y_train has no sample of class 0", "0 to 2"),
    "too high": ({"y_test": LABELS[:4] * 2}, "y_test[1] is 2, outside 0 to 1", "from 0"),
    "unknown name": (
        {"y_train": LABELS.astype(str), "y_test": numpy.array(["0", "1", "x", "0"])},
        "y_test[2] is 'x', which y_train has not", "names",
    ),
    "empty name": (
        {"y_train": LABELS.astype(str), "y_test": numpy.array(["0", "1", "", "0"])},
        "y_test[2] is empty", "names",
    ),
    "no samples": ({"x_test": FLOATS[:0], "y_test": LABELS[:0]}, "x_test has no samples", None),
    "other shapes": (
        {"x_test": FLOATS[:4, :2]}, "x_train is float32 of (3,), x_test is float32 of (2,)", None
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arrays", "message", "help"), WRONG.values(), ids=WRONG)
def test_wrong_arrays_are_named(
    tmp_path: Path, arrays: dict[str, Any], message: str, help: str | None
) -> None:
    with pytest.raises(NetspecError) as caught:
        found(saved(tmp_path, **arrays))
    assert message in str(caught.value)
    assert str(tmp_path / "own.npz") in str(caught.value)
    assert (help or "") in (caught.value.help or "")


def test_samples_that_do_not_fit_the_network_are_a_fault_of_the_spec(tmp_path: Path) -> None:
    with pytest.raises(
        Fault, match=r"samples of own.npz are \[3\], the network reads \[4\]"
    ) as caught:
        found(saved(tmp_path), (4,))
    assert caught.value.help == "input: [3] would fit"
    train = found(saved(tmp_path)).train
    wanted = {"dataset": "npz", "path": "own.npz", "augment": [{"RandomRotation": 5}]}
    with pytest.raises(Fault, match="augmentations are for images"):
        Prepare(Data.model_validate(wanted), train, (3,))


def lying(shape: str) -> bytes:
    """An .npy whose header says more than there is."""
    out = io.BytesIO()
    numpy.save(out, FLOATS)
    return out.getvalue().replace(b"(8, 3)", shape.encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no file of numpy.savez"),
        (b"<html>", "is no file of numpy.savez"),
        (lying("(9, 9)"), r"320 bytes, its header says \(9, 9\) of float64: 776 expected"),
        (b"\x93NUMPY\x09\x00", r"x_train cannot be read"),
    ],
)
def test_damage_and_lies_are_found_before_memory_is_taken(
    tmp_path: Path, content: bytes, message: str
) -> None:
    if content.startswith(b"\x93"):
        with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
            for name in GOOD:
                archive.writestr(f"{name}.npy", content)
    else:
        (tmp_path / "own.npz").write_bytes(content)
    with pytest.raises(NetspecError, match=message):
        found(tmp_path)


def test_a_bomb_is_refused_by_what_its_directory_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numpy.savez_compressed(tmp_path / "own.npz", **GOOD, more=numpy.zeros(10**6))
    monkeypatch.setattr("netspec.runner.data.arrays.free", lambda device: 10**6)
    with pytest.raises(NetspecError, match=r"bytes of arrays, 1,000,000 are free"):
        found(tmp_path)


def test_no_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"no .*own.npz") as caught:
        found(tmp_path)
    assert "--data-dir" in str(caught.value.help)
