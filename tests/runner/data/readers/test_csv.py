"""Tables: what is read of them, and what is said of wrong ones, with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from datasets import read

from netspec.diagnostic import Fault, NetspecError
from netspec.runner.data.table import read_table

TRAIN = "a,b,kind\n1,2.5,yes\n-3,4e2,no\n5,6,yes\n"
TEST = "kind,b,a\nno,1,7\n"


def written(folder: Path, train: str = TRAIN, test: str | None = TEST) -> Path:
    for name, text in (("train", train), ("test", test)):
        if text is not None:
            (folder / f"{name}.csv").write_text(text)
    return folder


def found(folder: Path, features: int = 2, classes: int = 2, **more: Any) -> Any:
    given = {"path": folder.name, "label": "kind"} | more
    return read("csv", folder.parent, (features,), classes, **given)


def test_columns_are_read_by_their_names(tmp_path: Path) -> None:
    data = found(written(tmp_path))
    assert (data.classes, data.columns, data.what) == (("no", "yes"), ("a", "b"), "samples")
    assert data.train.pixels.tolist() == [[1, 2.5], [-3, 400], [5, 6]]
    assert data.train.labels.tolist() == [1, 0, 1]
    assert (data.judge.pixels.tolist(), data.judge.labels.tolist()) == ([[7, 1]], [0])
    data = found(tmp_path, features=1, columns=["b"])
    assert data.train.pixels.tolist() == [[2.5], [400], [6]]


def test_one_file_is_split_and_whole_numbers_are_classes_in_their_order(tmp_path: Path) -> None:
    rows = "".join(f"{i},{10 if i % 2 else 9}\n" for i in range(20))
    (tmp_path / "own.csv").write_text(f"\ufeffa,kind\r\n{rows}", newline="\r\n")
    data = found(tmp_path, 1, path=f"{tmp_path.name}/own.csv", val_fraction=0.2)
    assert (data.classes, data.judged, len(data.train), len(data.judge)) == (
        ("9", "10"), "val", 16, 4,
    )  # fmt: skip


def test_quoted_cells_and_empty_lines_are_read_and_lines_counted(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text('a,"long\nname",k\n\n"1",2,"two\nlines"\n3,4,x\n')
    table = read_table(file, ["long\nname"], "k")
    assert (table.x.tolist(), table.labels, table.lines.tolist()) == (
        [[2], [4]], ["two\nlines", "x"], [4, 6],
    )  # fmt: skip


WRONG = {
    "empty": ("", "train.csv:1: no names of columns", "first line"),
    "names alone": ("a,b,kind\n", "train.csv has no samples", None),
    "no such label": ("a,b,kin\n1,2,x\n", "train.csv:1: no column 'kind'", "did you mean kin?"),
    "twice": ("a,a,kind\n1,2,x\n", "train.csv:1: two columns are called 'a'", None),
    "an index": (",a,kind\n0,1,x\n", "train.csv:1: column 1 has no name", "columns: "),
    "missing": (TRAIN + "1,,no\n", "train.csv:5: column 'b' has no value", "fill it"),
    "missing in words": (TRAIN + "NA,2,no\n", "train.csv:5: column 'a' has no value ('NA')", None),
    "no label": (TRAIN + "1,2, \n", "train.csv:5: column 'kind' has no label", "fill it"),
    "a word": (TRAIN + "1,red,no\n", "train.csv:5: column 'b' has 'red', which is no", "columns: "),
    "a quoted newline": (
        TRAIN + '1,"2\n3",no\n1,2,no\n',
        r"train.csv:5: column 'b' has '2\n3', which is no",
        None,
    ),
    "grouped": (TRAIN + "1_0,2,no\n", "train.csv:5: column 'a' has '1_0', which is no", None),
    "infinite": (TRAIN + "1,inf,no\n", "train.csv:5: column 'b' has inf, beyond float32", None),
    "large": (TRAIN + "1,1e39,no\n", "train.csv:5: column 'b' has 1e39, beyond float32", None),
    "too few": (TRAIN + "\n1,no\n", "train.csv:6: 2 cells, the header has 3", "quotes"),
    "too many": (TRAIN + "1,2,3,no\n", "train.csv:5: 4 cells, the header has 3", "quotes"),
    "an open quote": (TRAIN + '1,"2,no\n1,2,no\n', "train.csv:5: unexpected end of data", "quote"),
    "semicolons": ("a;b;kind\n1;2;x\n", "train.csv:1: cells are parted by semicolons", "commas"),
}


@pytest.mark.parametrize(("text", "message", "help"), WRONG.values(), ids=WRONG)
def test_a_wrong_table_is_refused_with_its_line(
    tmp_path: Path, text: str, message: str, help: str | None
) -> None:
    with pytest.raises(NetspecError) as caught:
        found(written(tmp_path, text))
    assert f"{tmp_path}/{message}" in str(caught.value)
    assert (help or "") in (caught.value.help or "")


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("a,b,kind\n1,2,maybe\n", r"test.csv:2: 'maybe' is a class that train.csv has not"),
        ("a,kind\n1,no\n", r"test.csv:1: no column 'b'"),
        (None, r"no .*test.csv"),
    ],
)
def test_the_test_has_what_the_training_part_has(
    tmp_path: Path, test: str | None, message: str
) -> None:
    with pytest.raises(NetspecError, match=message):
        found(written(tmp_path, test=test))


def test_other_encodings_and_places_are_named(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_bytes("a,b,kind\n1,2,naïve\n".encode("latin-1"))
    (tmp_path / "test.csv").write_text(TEST)
    with pytest.raises(NetspecError, match=r"train.csv is not UTF-8"):
        found(tmp_path)
    with pytest.raises(NetspecError, match=r"own.csv is no folder of train.csv and test.csv"):
        found(tmp_path, path="own.csv")
    with pytest.raises(Fault, match=r"samples of .* are \[2\], the network reads \[3\]"):
        found(written(tmp_path), features=3)
