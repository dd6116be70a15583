"""Data that a caller gives: tensors and data sets of torch."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from command import netspec
from PIL import Image
from torch.utils.data import Dataset as Torch
from torch.utils.data import TensorDataset

import netspec as package
from netspec import source
from netspec.diagnostic import NetspecError, UsageError
from netspec.language.training import Data
from netspec.runner.data.datasets import load
from netspec.runner.fit import Stop

pytestmark = pytest.mark.usefixtures("one_thread")

X = torch.arange(60.0).view(20, 3) % 7
Y = (X[:, 0] > 3).long()
SPEC = """
name: tiny
input: [3]
layers: [{Linear: 8}, ReLU, Dropout: 0.1, {Linear: 2}]
train:
  data: {dataset: own}
  batch_size: 5
  epochs: 3
  optimizer: {Adam: {lr: 0.05}}
"""


class Rows(Torch[Any]):
    """A data set with what a sample is, drawn anew each time where it is told to."""

    def __init__(self, count: int = 20, noise: float = 0, samples: Any = None) -> None:
        self.count, self.noise, self.samples = count, noise, samples

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Any:
        if self.samples is not None:
            return self.samples[index]
        return X[index] + self.noise * torch.randn(3), int(Y[index])


def found(given: Any, shape: tuple[int, ...] = (3,), **more: Any) -> Any:
    data = Data.model_validate({"dataset": "own", **more})
    return load(data, Path(), shape, (2,), 0, given=given)


@pytest.mark.parametrize("kind", [lambda: (X, Y), lambda: TensorDataset(X, Y), Rows])
def test_tensors_and_data_sets_are_the_same_samples(kind: Any) -> None:
    data = found((kind(), kind()))
    pick = torch.tensor([3, 0, 19])
    ((x, y),) = data.train.batches([pick])
    assert (torch.equal(x, X[pick]), torch.equal(y, Y[pick])) == (True, True)
    held = found((kind(),), val_fraction=0.25)
    assert (len(held.train), len(held.judge), held.judged) == (15, 5, "val")
    ((x, y),) = held.judge.batches([torch.arange(5)])
    assert torch.equal(y, (x[:, 0] > 3).long())


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pictures_are_images_with_their_classes(mode: str) -> None:
    pictures = Rows(2, samples=[(Image.new(mode, (6, 4), 0), 0), (Image.new(mode, (6, 4), 9), 1)])
    pictures.classes = ["dark", "light"]  # type: ignore[attr-defined]
    data = found((pictures, pictures), (len(mode), 4, 6))
    assert (data.what, data.classes) == ("images", ("dark", "light"))
    ((x, _),) = data.train.batches([torch.tensor([1])])
    assert x.dtype == torch.uint8
    assert x[0, 0].unique().tolist() == [9]


def test_pictures_of_other_sizes_are_brought_to_the_input() -> None:
    sizes = [(6, 4), (12, 8)]
    pictures = Rows(2, samples=[(Image.new("P", size, 0), i) for i, size in enumerate(sizes)])
    with pytest.raises(
        NetspecError, match=r"train\[1\] is uint8 of \(3, 8, 12\), others"
    ) as caught:
        found((pictures, pictures), (3, 4, 6))
    assert "resize: true" in str(caught.value.help)
    assert found((pictures, pictures), (3, 4, 6), resize=True).train.shape == (3, 4, 6)


def test_a_run_of_a_data_set_is_taken_up_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch's own chance is repeated too, though nobody promises it."""
    monkeypatch.setattr("netspec.runner.train.Stop", lambda: Once(7))
    monkeypatch.setattr("netspec.runner.train.draw", lambda *given: None)

    class Once(Stop):
        def __init__(self, steps: int) -> None:
            super().__init__()
            self.left = steps

        def __bool__(self) -> bool:
            self.left -= 1
            return self.left == 0

    def go(name: str, **more: Any) -> Any:
        spec = None if "resume" in more else source.parse(SPEC, "tiny.yaml")
        return package.train(spec, runs_dir=tmp_path / name, data=(Rows(noise=0.1), Rows()), **more)

    Once.signal = 2  # type: ignore[assignment]
    with pytest.raises(NetspecError, match="interrupted"):
        go("parts")
    monkeypatch.setattr("netspec.runner.train.Stop", Stop)
    whole, parts = go("whole"), go("parts", resume=tmp_path / "parts" / "tiny" / "1")
    assert [replace(r, seconds=0) for r in whole.rows] == [
        replace(r, seconds=0) for r in parts.rows
    ]
    assert len({(one.folder / "best.safetensors").read_bytes() for one in (whole, parts)}) == 1


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "none": (None, UsageError, "none was given"),
    "one": ((X, Y, X), UsageError, "data is tuple"),
    "no test": ((Rows(),), UsageError, "data has no test part"),
    "a generator": ((iter(X), iter(X)), UsageError, "train is .*iterator"),
    "labels of another count": (((X, Y[:3]), (X, Y)), NetspecError, r"train has samples of shape"),
    "labels outside": (((X, Y), (X, Y + 1)), NetspecError, r"data: y_test\[\d+\] is 2, outside 0"),
    "nan": (((X / 0, Y), (X, Y)), NetspecError, r"x_train\[0, 0\] is nan"),
    "a failure": (
        (Rows(3, samples=[(X[0], 0), (X[1], 1)]),) * 2, NetspecError, r"train\[2\] failed: Index"
    ),
    "no label": ((Rows(2, samples=[X[0], X[1]]),) * 2, UsageError, r"train\[0\] is Tensor"),
    "other shapes": (
        (Rows(2, samples=[(X[0], 0), (X[0, :2], 1)]),) * 2, NetspecError, r"train\[1\] is float32"
    ),
    "a list of labels": (
        (Rows(2, samples=[(X[0], [0, 1])] * 2),) * 2, NetspecError, "a single 1 in each row"
    ),
    "a matrix of labels": (
        (Rows(2, samples=[(X[0], [[0, 1]])] * 2),) * 2, NetspecError, r"the label of train\[0\]"
    ),
    "labels of two lengths": (
        (Rows(2, samples=[(X[0], [0, 1]), (X[0], [0, 1, 0])]),) * 2, NetspecError,
        r"the label of train\[1\] is of shape \(3,\), others \(2,\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_data_is_said(given: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        found(given)


def test_other_data_sets_take_none() -> None:
    data = Data.model_validate({"dataset": "digits"})
    with pytest.raises(UsageError, match="the spec is for digits, and other data was given"):
        load(data, Path(), (1, 8, 8), (10,), 0, given=((X, Y), (X, Y)))


MINE = """
import torch
x = torch.arange(60.0).view(20, 3) % 7
y = (x[:, 0] > 3).long()
def make(): return (x, y), (x, y)
def bad(): return {}["key"]
"""


def test_the_command_calls_a_function_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    name = f"mine{random.randrange(10**9)}"
    (tmp_path / f"{name}.py").write_text(MINE)
    (tmp_path / "tiny.yaml").write_text(SPEC)
    train = ["train", "tiny.yaml", "--device", "cpu"]
    for wrong, code, message in (
        ([], 2, "netspec train SPEC --data module:function"),
        (["--data", name], 2, f"--data {name}: no function"),
        (["--data", f"{name}:maek"], 2, f"{name} has no function 'maek'"),
        (["--data", "nowhere:make"], 2, "no module 'nowhere'"),
        (["--data", f"{name}:bad"], 3, f"--data {name}:bad failed: KeyError: 'key'"),
    ):
        done = netspec(*train, *wrong)
        assert (done.code, message in done.err) == (code, True), done.err
    done = netspec(*train, "--data", f"{name}:make")
    assert (done.code, "20 training and 20 test samples of own data" in done.out) == (0, True)
    done = netspec("eval", "tiny", "--data", f"{name}:make")
    assert (done.code, "of 20 test samples of own data right" in done.out) == (0, True)
    assert "none was given" in netspec("eval", "tiny").err
