"""Data that is no images, from the spec to answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
import tiny
import torch
from command import netspec
from pyarrow.csv import read_csv
from pyarrow.parquet import write_table

from netspec.network.load import load_run

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: tiny
input: [2, 8]
layers:
  - Conv1d: [4, 3]
  - ReLU
  - Flatten
  - Linear: 2
train:
  data: {dataset: npz, path: own.npz}
  batch_size: 20
  epochs: 2
  optimizer: {Adam: {lr: 0.05}}
"""


def write(folder: Path) -> None:
    chance = numpy.random.default_rng(0)
    y = numpy.array(["low", "high"])[numpy.arange(100) % 2]
    x = chance.normal(500, 1, (100, 2, 8)) + 4 * (y == "high")[:, None, None]
    folder.mkdir(exist_ok=True)
    numpy.savez(folder / "own.npz", x_train=x, y_train=y, x_test=x[:40], y_test=y[:40])
    numpy.save(folder / "some.npy", x[:3])


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run, with its data."""
    folder = tmp_path_factory.mktemp("numbers")
    write(folder / "data")
    numpy.save(folder / "data" / "flat.npy", numpy.zeros((3, 16)))
    tiny.run(folder, ("epochs: 2", "epochs: 1"), spec=SPEC)
    return folder


@pytest.mark.parametrize("axes", ["signals", "volumes"])
def test_a_run_of_numbers_is_judged_asked_and_given_back(tmp_path: Path, axes: str) -> None:
    write(tmp_path / "data")
    spec, reshape = SPEC, (2, 8)
    if axes == "volumes":
        spec = SPEC.replace("[2, 8]", "[2, 2, 2, 2]").replace("Conv1d: [4, 3]", "Conv3d: [4, 2]")
        reshape = (2, 2, 2, 2)
        with numpy.load(tmp_path / "data" / "own.npz") as whole:
            arrays = {n: a.reshape(-1, *reshape) if n[0] == "x" else a for n, a in whole.items()}
        numpy.savez(tmp_path / "data" / "own.npz", **arrays)
        some = numpy.load(tmp_path / "data" / "some.npy").reshape(-1, *reshape)
        numpy.save(tmp_path / "data" / "some.npy", some)
    result = tiny.run(tmp_path, spec=spec)
    assert result.best.accuracy == 1
    place = str(result.folder)
    told = netspec("eval", place, "--data-dir", str(tmp_path / "data"))
    assert "100.00% of 40 test samples of own.npz right" in told.out
    assert told.out.count("images") == 0
    file = str(tmp_path / "data" / "some.npy")
    told = netspec("predict", place, file, "--format", "json")
    answers = json.loads(told.out)["images"]
    assert [one["class"] for one in answers] == ["low", "high", "low"]
    assert [one["image"] for one in answers] == [f"{file}[{i}]" for i in range(3)]
    x = torch.from_numpy(numpy.load(file))
    shares = load_run(place, "cpu")(x).softmax(1)
    assert shares[:, 0].tolist() == pytest.approx(
        [one["probabilities"]["high"] for one in answers], abs=1e-6
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eval", "{run}", "--wrong", "low", "high", "--out", "x.png"], "and no pictures to draw"),
        (["predict", "{run}", "own.npz"], "own.npz has no x"),
        (["predict", "{run}", "own.png"], "own.png is no .npy or .npz, and the network reads"),
        (["predict", "{run}", "flat.npy"], r"flat.npy has the shape (3, 16), the network reads"),
        (["predict", "{run}", "some.npy", "--invert"], "numbers are neither light nor dark"),
    ],
)
def test_what_is_only_for_images_is_wrong_use(
    once: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(once / "data")
    where = ["--data-dir", "."] if arguments[0] == "eval" else []
    told = netspec(*[one.format(run="../runs/tiny/1") for one in arguments], *where)
    assert (told.code, message in told.err) == (2, True), told.err


def parquet(file: Path) -> Path:
    """The table of a CSV file as a Parquet file beside it."""
    made = file.with_suffix(".parquet")
    write_table(read_csv(file), made)
    return made


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_is_asked_by_the_names_of_its_columns(tmp_path: Path, form: str) -> None:
    rows = "".join(f"{i % 2 + i / 1000},{i},{'odd' if i % 2 else 'even'}\n" for i in range(100))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "own.csv").write_text(f"a,b,kind\n{rows}")
    (tmp_path / "new.csv").write_text("b,more,a\n50,x,1.05\n49,y,0.049\n")
    spec = SPEC.replace("[2, 8]", "[2]").replace("  - Conv1d: [4, 3]\n  - ReLU\n", "")
    data = f"{form}, path: own.{form}, label: kind, val_fraction: 0.2"
    parquet(tmp_path / "data" / "own.csv")
    spec = spec.replace("npz, path: own.npz", data).replace("lr: 0.05", "lr: 0.5")
    result = tiny.run(tmp_path, spec=spec)
    assert result.best.accuracy == 1
    new, less = tmp_path / "new.csv", tmp_path / "less.csv"
    less.write_text("b\n1\n")
    packed = parquet(new)
    told = netspec("predict", str(result.folder), str(new), str(packed), str(less))
    assert [line.split()[:2] for line in told.out.splitlines()] == [
        [f"{new}:2", "odd"], [f"{new}:3", "even"],
        [f"{packed}[0]", "odd"], [f"{packed}[1]", "even"],
    ]  # fmt: skip
    assert (told.code, "less.csv:1: no column 'a'" in told.err) == (2, True)
