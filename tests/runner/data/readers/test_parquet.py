"""Parquet files: what is read of them, and what is said of wrong ones, with file and row."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import pyarrow as pa
import pytest
from datasets import read
from pyarrow import parquet

from netspec.diagnostic import NetspecError

NUMBERS: dict[str, Any] = {
    "whole": pa.array([1, -3, 5], pa.int64()),
    "small": pa.array([0, 255, 7], pa.uint8()),
    "float": pa.array([2.5, 400, 0.1]),
    "half": pa.array(numpy.array([0.5, 1, 2], numpy.float16)),
    "yes": pa.array([True, False, True]),
    "money": pa.array([Decimal("1.25"), Decimal("2.50"), Decimal("-1")]),
    "times": pa.array([3, 3, 4]).dictionary_encode(),
    "with.dot": pa.array([1, 2, 3]),
}
VALUES = [
    [1, 0, 2.5, 0.5, 1, 1.25, 3, 1],
    [-3, 255, 400, 1, 0, 2.5, 3, 2],
    [5, 7, 0.1, 2, 1, -1, 4, 3],
]


def write(path: Path, table: dict[str, Any], **more: Any) -> None:
    parquet.write_table(pa.table(table), path, **more)


def found(folder: Path, features: int = 8, classes: int = 2, **more: Any) -> Any:
    given = {"path": folder.name, "label": "kind"} | more
    return read("parquet", folder.parent, (features,), classes, **given)


def test_every_type_of_numbers_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", {**NUMBERS, "kind": ["b", "a", "b"]}, row_group_size=2)
    write(tmp_path / "test.parquet", {"kind": ["a"] * 3, **dict(reversed(NUMBERS.items()))})
    data = found(tmp_path)
    assert (data.classes, data.columns, data.what) == (("a", "b"), tuple(NUMBERS), "samples")
    expected = numpy.array(VALUES, numpy.float32).tolist()
    assert data.train.pixels.tolist() == data.judge.pixels.tolist() == expected
    assert (data.train.labels.tolist(), data.judge.labels.tolist()) == ([1, 0, 1], [0, 0, 0])
    assert found(tmp_path, 1, columns=["small"]).train.pixels.tolist() == [[0], [255], [7]]


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (pa.array([10, 9] * 10), ("9", "10")),
        (pa.array([True, False] * 10), ("False", "True")),
        (pa.array(["x", "wide"] * 10).dictionary_encode(), ("wide", "x")),
        (pa.array(["x", "wide"] * 10, pa.large_string()), ("wide", "x")),
    ],
    ids=["numbers", "booleans", "categories", "strings"],
)
def test_one_file_is_split_whatever_its_labels_are(
    tmp_path: Path, labels: Any, classes: tuple[str, ...]
) -> None:
    write(tmp_path / "own.pq", {"a": range(20), "kind": labels})
    data = found(tmp_path, 1, path=f"{tmp_path.name}/own.pq", val_fraction=0.2)
    assert (data.classes, data.judged, len(data.train)) == (classes, "val", 16)


@pytest.mark.parametrize(
    ("label", "task", "targets"),
    [
        ("price", "regression", [[0.5], [1e6], [-2]]),
        (["price", "age"], "regression", [[0.5, 3], [1e6, 4], [-2, 5]]),
        (["wet", "cold"], "multi_label", [[1, 0], [0, 0], [1, 1]]),
    ],
)
def test_targets_of_other_tasks_are_told_by_their_columns(
    tmp_path: Path, label: Any, task: str, targets: list[list[float]]
) -> None:
    table = {
        "a": [1.0, 2.0, 3.0], "price": [0.5, 1e6, -2.0], "age": [3, 4, 5],
        "wet": [True, False, True], "cold": pa.array([0, 0, 1], pa.int8()),
    }  # fmt: skip
    write(tmp_path / "train.parquet", table)
    write(tmp_path / "test.parquet", table)
    count = 1 if isinstance(label, str) else len(label)
    data = found(tmp_path, 1, count, label=label, columns=["a"])
    assert (data.task, data.train.labels.tolist()) == (task, targets)
    assert data.names == ((label,) if isinstance(label, str) else tuple(label))


def columns(**more: Any) -> dict[str, Any]:
    return {"a": [1.0, 2.0], "b": [1, 2], "kind": ["x", "y"], **more}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "null": (columns(a=[1.0, None]), "[1]: column 'a' has no value (null)", "fill it"),
    "nan": (columns(a=[1.0, float("nan")]), "[1]: column 'a' has no value (nan)", "fill it"),
    "infinite": (columns(a=[1.0, float("-inf")]), "[1]: column 'a' has -inf, beyond float32", ""),
    "large": (columns(a=[1e39, 1.0]), "[0]: column 'a' has 1e+39, beyond float32", ""),
    "text": (columns(b=["1", "2"]), ": column 'b' is string, which is no number", "columns: ["),
    "categories": (
        columns(b=pa.array(["1", "2"]).dictionary_encode()),
        ": column 'b' is dictionary<values=string, indices=int32, ordered=0>, which is no number",
        "columns: [",
    ),
    "lists": (columns(b=[[1], [2]]), "which is no number", "columns: ["),
    "structs": (columns(b=[{"c": 1}, {"c": 2}]), ": column 'b' is struct<c: int64>, which", "col"),
    "times": (columns(b=pa.array([1, 2], pa.timestamp("s"))), ": column 'b' is timestamp[", "col"),
    "nothing": (columns(b=[None, None]), ": column 'b' is null, which is no number", "columns: ["),
    "an index": (columns(__index_level_0__=[3, 4]), "is the index of a frame", "index=False"),
    "no label": (columns(kind=["x", None]), "[1]: column 'kind' has no label", "fill it"),
    "an empty label": (columns(kind=["x", " "]), "[1]: column 'kind' has no label", "fill it"),
    "nested labels": (columns(kind=[[1], [2]]), "which is no label", "numbers, booleans or"),
    "no such label": ({"a": [1.0], "kin": ["x"]}, ": no column 'kind'", "did you mean kin?"),
    "alone": ({"kind": ["x", "y"]}, ": no column beside 'kind'", ""),
    "no rows": ({"a": pa.array([], pa.float32()), "kind": pa.array([], pa.string())},
                " has no samples", ""),
}  # fmt: skip


@pytest.mark.parametrize(("table", "message", "help"), WRONG.values(), ids=WRONG)
def test_a_wrong_table_is_refused_with_its_row(
    tmp_path: Path, table: dict[str, Any], message: str, help: str
) -> None:
    write(tmp_path / "own.parquet", table)
    with pytest.raises(NetspecError) as caught:
        found(tmp_path, path=f"{tmp_path.name}/own.parquet", val_fraction=0.5)
    assert str(caught.value).startswith(f"{tmp_path}/own.parquet")
    assert message in str(caught.value)
    assert help in (caught.value.help or "")


def test_a_row_is_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    values = numpy.ones(70_000)
    values[69_999] = numpy.nan
    write(tmp_path / "own.parquet", {"a": values, "kind": ["x"] * 70_000})
    with pytest.raises(NetspecError, match=r"\[69999\]: column 'a' has no value"):
        found(tmp_path, 1, path=f"{tmp_path.name}/own.parquet", val_fraction=0.5)


def test_the_test_has_what_the_training_part_has(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", columns())
    with pytest.raises(NetspecError, match=r"no .*test.parquet") as caught:
        found(tmp_path, 2)
    assert "train.parquet and test.parquet" in str(caught.value.help)
    write(tmp_path / "test.parquet", columns(kind=["x", "z"]))
    with pytest.raises(NetspecError, match=r"test.parquet\[1\]: 'z' is a class that train.parquet"):
        found(tmp_path, 2)


def test_damaged_and_other_files_are_named(tmp_path: Path) -> None:
    file = tmp_path / "own.parquet"
    write(file, columns())
    whole, place = file.read_bytes(), f"{tmp_path.name}/own.parquet"
    for data in (b"", b"a,b,kind\n1,2,x\n", whole[:-20], whole[:40] + b"\0" * 60 + whole[100:]):
        file.write_bytes(data)
        with pytest.raises(NetspecError, match=r"own.parquet cannot be read as Parquet: \w"):
            found(tmp_path, 2, path=place, val_fraction=0.5)
    with pytest.raises(NetspecError, match=r"no .*other.parquet"):
        found(tmp_path, path=f"{tmp_path.name}/other.parquet", val_fraction=0.5)


def test_a_file_of_more_rows_than_memory_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "own.parquet", {"a": numpy.ones(5000), "kind": ["x"] * 5000})
    monkeypatch.setattr("netspec.runner.data.parquet.free", lambda device: 19_999)
    with pytest.raises(NetspecError, match=r"has 20,000 bytes of numbers, 19,999 are free"):
        found(tmp_path, 1, path=f"{tmp_path.name}/own.parquet", val_fraction=0.5)


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "own.parquet", columns())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NetspecError, match=r"own.parquet is read by pyarrow") as caught:
        found(tmp_path, 2, path=f"{tmp_path.name}/own.parquet", val_fraction=0.5)
    assert caught.value.help == "pip install 'netspec[parquet]'"
