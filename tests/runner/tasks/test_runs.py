"""A small run of each task: trained, stopped and taken up, judged and asked."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import pytest
import torch
from command import netspec
from tiny import Later
from torch import Tensor

import netspec as package
from netspec import source
from netspec.diagnostic import NetspecError, SpecError
from netspec.runner.after import eval
from netspec.runner.after.predict import predict
from netspec.runner.after.trained import open_run
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")
SPEC = """
name: tiny
input: [3]
layers: [{Linear: 8}, ReLU, {Dropout: 0.1}, {Linear: OUTPUTS}]
train:
  data: {dataset: own}
  batch_size: 16
  epochs: 3
  optimizer: {Adam: {lr: 0.05}}
"""
X = torch.randn(90, 3, generator=torch.Generator().manual_seed(0))
VALUES = torch.stack([X[:, 0] * 40 + 100, X.sum(1)], 1)
CLASSES = (X[:, 0] > 0).long() + (X[:, 1] > 1).long()


class Case(NamedTuple):
    targets: Tensor
    outputs: int
    more: str
    figures: list[str]


CASES = {
    "regression": Case(VALUES, 2, "scheduler: ReduceLROnPlateau", ["mae", "rmse", "r2"]),
    "one value": Case(VALUES[:, 0], 1, "loss: {HuberLoss: 10.0}", ["mae", "rmse", "r2"]),
    "multi-label": Case((X > 0).int(), 3, "accumulate: 2", ["f1", "exact_match"]),
    "weighed": Case(
        (X > 0).int(), 3, "loss: {BCEWithLogitsLoss: {pos_weight: [1, 2, 3]}}",
        ["f1", "exact_match"],
    ),
    "classes": Case(
        CLASSES, 3, "metrics: [top2]\n  loss: "
        "{CrossEntropyLoss: {weight: [1, 2, 3], label_smoothing: 0.1}}", ["accuracy", "top2"],
    ),
}  # fmt: skip


def run(folder: Path, case: Case, **more: Any) -> Result:
    text = SPEC.replace("OUTPUTS", str(case.outputs)) + f"  {case.more}\n"
    pair = (X[:60], case.targets[:60]), (X[60:], case.targets[60:])
    given = source.parse(text, "tiny.yaml")
    return train(given, folder, "cpu", folder, data=pair, pictures=False, **more)


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A case, and its run."""
    torch.set_num_threads(1)
    return request.param, run(tmp_path_factory.mktemp("trained"), request.param)


def test_a_run_that_was_stopped_within_an_epoch_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: tuple[Case, Result]
) -> None:
    case, whole = trained
    assert list(whole.best.judged) == case.figures
    follows, sign = case.figures[0], whole.task.follows.sign
    assert whole.best is max(
        whole.rows, key=lambda row: (sign * row.judged[follows], -row.loss)
    )  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr("netspec.runner.train.Stop", lambda: nullcontext(Later(5)))
        with pytest.raises(NetspecError, match="interrupted"):
            run(tmp_path, case)
    torch.manual_seed(9)
    again = run(tmp_path, case, resume=tmp_path / "tiny" / "1")
    records = [[row.record() | {"seconds": 0} for row in one.rows] for one in (whole, again)]
    assert records[0] == records[1]
    kept = [(one.folder / "best.safetensors").read_bytes() for one in (whole, again)]
    assert kept[0] == kept[1]


def test_it_is_judged_as_it_was_and_asked_about_samples(
    tmp_path: Path, trained: tuple[Case, Result]
) -> None:
    case, result = trained
    opened = open_run(result.folder, "cpu")
    pair = (X[:60], case.targets[:60]), (X[60:], case.targets[60:])
    answers = eval.judge(opened, *eval.data_of(opened, tmp_path, None, pair))
    found, best = answers.judgement, result.best
    assert found.loss == pytest.approx(best.loss)
    for name in {*case.figures} - {"top2"}:
        assert getattr(found, name) == pytest.approx(best.judged[name]), name
    answers.draw(tmp_path, "tiny")
    assert len(list(tmp_path.glob("*.png"))) == 1

    numpy.save(tmp_path / "x.npy", X[60:64].numpy())
    said, refused = predict(opened, [tmp_path / "x.npy"])
    y = package.load_run(result.folder, device="cpu")(X[60:64]).detach()
    values = {"values": lambda: y, "labels": y.sigmoid, "classes": lambda: y.softmax(1)}
    wanted = values[result.task.targets]().tolist()
    told = [list((getattr(one, "values", None) or one.probabilities).values()) for one in said]
    assert (told, refused) == ([pytest.approx(row, rel=1e-5) for row in wanted], [])


TABLE = """
input: [2]
layers: [{Linear: 1}]
audit: {ignore: [no-nonlinearity]}
train:
  data: {dataset: csv, path: own.csv, label: y, val_fraction: 0.25}
  batch_size: 8
  epochs: 12
  optimizer: {SGD: {lr: 0.1}}
  goal: {rmse: 0.9, r2: 0.9}
"""


def test_values_of_a_table_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{a},{b},{3 * a - b + 0.5}" for a in range(8) for b in range(5)]
    Path("own.csv").write_text("\n".join(["a,b,y", *rows]))
    Path("fit.yaml").write_text(TABLE)
    done = netspec("train", "fit.yaml", "--data-dir", ".", "--device", "cpu")
    assert (done.code, done.err) == (0, "")
    assert "train mae    val loss     val mae    val rmse      val r2" in done.out
    assert "goal reached: rmse <= 0.9 and r2 >= 0.9 in the last epoch\nfit: mae " in done.out
    summary = json.loads(Path("runs/fit/1/summary.json").read_text())
    assert summary["goal"] == {"rmse": 0.9, "r2": 0.9, "last_epochs": 1, "reached": True}
    told = json.loads(netspec("eval", "fit", "--data-dir", ".", "--format", "json").out)
    assert told["mae"] == pytest.approx(summary["best"]["mae"])
    assert [one["name"] for one in told["targets"]] == ["y"]
    said = netspec("predict", "fit", "own.csv").out.splitlines()
    assert len(said) == 40
    assert said[0].startswith("own.csv:2")
    (listed,) = json.loads(netspec("runs", "--format", "json").out)["runs"]
    assert (listed["figure"], listed["best"]) == ("mae", pytest.approx(told["mae"]))
    assert "figure" in netspec("runs").out
    done = netspec("eval", "fit", "--data-dir", ".", "--wrong", "1", "2", "-o", "x.png")
    assert (done.code, done.err.count("own.csv has no classes")) == (2, 1)


def table(folder: Path, header: str, rows: list[str], train_keys: str, outputs: int = 1) -> Any:
    (folder / "own.csv").write_text("\n".join([header, *rows]))
    text = TABLE.partition("  goal:")[0].replace("Linear: 1", f"Linear: {outputs}")
    text = text.replace("label: y", train_keys.partition("|")[0])
    text += train_keys.partition("|")[2]
    return train(source.parse(text, "fit.yaml"), folder, "cpu", folder, pictures=False)


VALUE_ROWS = [f"{i},{i % 3},{i * 0.5}" for i in range(8)]
WRONG_TABLES: dict[str, tuple[str, list[str], str, int, str, str]] = {
    "names for a loss of values": (
        "a,b,y", ["1,2,yes", "1,2,no"], "label: y|  loss: MSELoss\n", 1,
        "own.csv:2: column 'y' has 'yes', which is no number", "names of classes",
    ),
    "whole numbers": (
        "a,b,y", [f"1,2,{i}" for i in range(8)], "label: y|", 1,
        "own.csv has 8 classes, the network gives 1", "task: regression, where they are values",
    ),
    "floats that count": (
        "a,b,y", [f"1,2,{i % 2}.0" for i in range(8)], "label: y|", 1,
        "own.csv: column 'y' has the numbers 0 to 1 alone", "without a point",
    ),
    "no number": (
        "a,b,y", [*VALUE_ROWS, "1,2,nan"], "label: y|", 1,
        "own.csv:10: column 'y' has no label", "fill it",
    ),
    "no label": (
        "a,b,y,z", [f"{i},2,{i % 2},{2 * (i % 3 == 1)}" for i in range(8)],
        "label: [y, z]|  task: multi_label\n", 2, "own.csv:3: column 'z' is 2", "else 0",
    ),
    "one of two": (
        "a,b,y,z", [f"{i},2,{i % 2},{1 - i % 2}" for i in range(8)], "label: [y, z]|", 2,
        "own.csv: label has a single 1 in each row", "task: multi_label",
    ),
    "too many outputs": (
        "a,b,y", VALUE_ROWS, "label: y|", 3,
        "own.csv has 1 target, the network gives 3", "1 output",
    ),
    "another goal": (
        "a,b,y", VALUE_ROWS, "label: y|  goal: {accuracy: 0.5}\n", 1,
        "own.csv has 8 classes", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_TABLES.values(), ids=WRONG_TABLES)
def test_targets_that_do_not_fit_are_one_message(
    tmp_path: Path, case: tuple[str, list[str], str, int, str, str]
) -> None:
    header, rows, keys, outputs, message, help = case
    with pytest.raises(NetspecError) as caught:
        table(tmp_path, header, rows, keys, outputs)
    found = caught.value.diagnostics[0] if isinstance(caught.value, SpecError) else caught.value
    assert message in str(getattr(found, "message", found))
    assert help in (found.help or "")
    assert list(tmp_path.glob("fit/*")) == []


NAN = VALUES.numpy().copy()
NAN[4, 1] = numpy.nan
WRONG = {
    "nan": (NAN, "regression", r"own.npz: y_train\[4, 1\] is nan"),
    "words": (numpy.array(["a", "b"] * 45), "regression", "y_train is <U1, targets are numbers"),
    "matrices": (numpy.zeros((90, 2, 2)), "regression", r"y_train has the shape \(60, 2, 2\)"),
    "fractions": (VALUES.numpy(), "classification", r"y_train has the shape \(60, 2\), a class"),
    "halves": (VALUES[:, 0].numpy(), "classification", "y_train is float32, labels are whole"),
    "values": (VALUES.numpy(), "multi_label", r"own.npz: y_train\[0, 0\] is [\d.]+"),
}


@pytest.mark.parametrize(("y", "task", "message"), WRONG.values(), ids=WRONG)
def test_arrays_that_are_no_targets_are_named(
    tmp_path: Path, y: Any, task: str, message: str
) -> None:
    x = X.numpy()
    numpy.savez(tmp_path / "own.npz", x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])
    text = SPEC.replace("OUTPUTS", "2").replace("dataset: own", "dataset: npz, path: own.npz")
    spec = source.parse(f"{text}  task: {task}\n", "tiny.yaml")
    with pytest.raises(NetspecError, match=message):
        train(spec, tmp_path, "cpu", tmp_path)
