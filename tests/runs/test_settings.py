"""What runs were told: columns, conditions, notes, and the bin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import netspec

from netspec.runs import marks

SPEC = """\
input: [1, 8, 8]
vars: {{width: {width}}}
layers: [Flatten, {{Linear: 10}}]
train: {{data: {{dataset: digits}}, batch_size: 100, epochs: 2, optimizer: {optimizer}}}
"""
RUNS = {
    "net/1": (8, "Adam", 0.5), "net/2": (8, "{Adam: {lr: 0.1}}", 0.75), "net/3": (9, "SGD", 0.9),
    "other/1": (1, "Adam", 0.25),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, (width, optimizer, accuracy) in RUNS.items():
        run = tmp_path / "runs" / name
        run.mkdir(parents=True)
        (run / "spec.yaml").write_text(SPEC.format(width=width, optimizer=optimizer))
        row = {"epoch": 1, "accuracy": accuracy, "loss": 1.0, "seconds": 1.0}
        (run / "metrics.jsonl").write_text(json.dumps(row) + "\n")
        (run / "summary.json").write_text(json.dumps({"status": "finished", "params": width}))
    return tmp_path


def listed(*arguments: str) -> list[str]:
    """Names of the runs that are listed, in order."""
    found = json.loads(netspec("runs", *arguments, "--format", "json").out)["runs"]
    return [f"{run['name']}/{run['run']}" for run in found]


def test_the_list_has_the_settings_that_differ_between_runs_of_a_name() -> None:
    head, *rows = (line.split() for line in netspec("runs").out.splitlines())
    assert head[-3:] == ["vars.width", "optimizer", "optimizer.Adam.lr"]
    assert rows[1][-3:] == ["8", "-", "0.1"]
    assert rows[2][-3:] == ["9", "SGD", "-"]


def test_what_is_equal_in_all_is_no_column() -> None:
    assert "batch_size" not in netspec("runs").out
    assert "width" not in netspec("runs", "--where", "vars.width=8").out.splitlines()[0]


def test_more_than_two_are_compared_by_what_differs() -> None:
    done = netspec("runs", "net/1", "net/2", "other/1", "--format", "json")
    told = json.loads(done.out)
    keys = ["vars.width", "train.optimizer", "train.optimizer.Adam.lr"]
    assert told["differing"] == keys
    assert [[run["settings"].get(key) for key in keys] for run in told["runs"]] == [
        [8, "Adam", None], [8, None, 0.1], [1, "Adam", None],
    ]  # fmt: skip
    head = netspec("runs", "net/1", "net/2", "other/1", "--format", "csv").out.splitlines()[0]
    assert head.endswith("tag,note,figure,vars.width,train.optimizer,train.optimizer.Adam.lr")


FILTERS = {
    "best > 60 %": ["net/2", "net/3"], "best>=0.75": ["net/2", "net/3"], "best < 0.5": ["other/1"],
    "status=finished": list(RUNS), "status != finished": [], "name = net": list(RUNS)[:3],
    "vars.width <= 8": ["net/1", "net/2", "other/1"], "train.optimizer=adam": ["net/1", "other/1"],
    "train.optimizer.Adam.lr=1e-1": ["net/2"], "tag = none": list(RUNS), "best > many": [],
}  # fmt: skip


@pytest.mark.parametrize("condition", FILTERS)
def test_runs_are_filtered_by(condition: str) -> None:
    assert listed("--where", condition) == FILTERS[condition]


def test_all_conditions_hold() -> None:
    assert listed("--where", "best > 0.3", "--where", "vars.width=8") == ["net/1", "net/2"]


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("vars.width", ["other/1", "net/1", "net/2", "net/3"]),
        ("train.optimizer.Adam.lr", ["net/2", "net/1", "net/3", "other/1"]),
        ("train.optimizer", ["net/1", "other/1", "net/3", "net/2"]),
    ],
)
def test_runs_are_sorted_by_a_setting(key: str, order: list[str]) -> None:
    assert listed("--sort", key) == order


def test_a_note_and_a_tag_are_shown_sorted_by_and_taken_away() -> None:
    assert "note" not in netspec("runs").out
    assert netspec("runs", "net/2", "net/1", "--tag", "keep").code == 0
    assert netspec("runs", "net/2", "--note", "wider, and\nbetter").code == 0
    assert listed("--where", "tag=keep") == ["net/1", "net/2"]
    assert "keep" in netspec("runs").out
    assert "wider, and\\nbetter" in netspec("runs").out
    netspec("runs", "net/2", "--tag", "")
    assert listed("--where", "tag=keep") == ["net/1"]
    assert marks.marks(Path("runs/net/2"))["note"] == "wider, and\nbetter"


@pytest.mark.parametrize("text", ["[]", "{", '{"note": 3, "tag": ""}', "\x00"])
def test_a_damaged_note_is_none(folder: Path, text: str) -> None:
    (folder / "runs/net/1" / marks.FILE).write_text(text)
    assert "note" not in netspec("runs").out.splitlines()[0]


def test_a_removed_run_is_in_the_bin_and_nothing_is_lost(folder: Path) -> None:
    done = netspec("runs", "net/3", "other/1", "--remove")
    assert done.out.splitlines() == [
        "runs/net/3 is now runs/.bin/net/3", "runs/other/1 is now runs/.bin/other/1",
    ]  # fmt: skip
    assert listed() == ["net/1", "net/2"]
    assert (folder / "runs/.bin/net/3/metrics.jsonl").is_file()
    assert not (folder / "runs/other").exists()


def test_a_run_of_the_same_number_does_not_overwrite_the_bin(folder: Path) -> None:
    netspec("runs", "net/3", "--remove")
    (folder / "runs/net/3").mkdir()
    (folder / "runs/net/3/spec.yaml").write_text("")
    assert netspec("runs", "net/3", "--remove").out == "runs/net/3 is now runs/.bin/net/3-2\n"


@pytest.mark.skipif(sys.platform == "win32", reason="has no flock")
def test_a_run_that_trains_is_not_removed(folder: Path) -> None:
    holder = (
        "import fcntl, os; d = os.open('runs/net/1/.lock', os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(d, fcntl.LOCK_EX); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        done = netspec("runs", "net/1", "--remove")
        assert (done.code, done.err.splitlines()[0]) == (2, "error: runs/net/1 is in use")
        process.communicate(b"\n")
    assert os.path.isdir("runs/net/1")
    assert netspec("runs", "net/1", "--remove").code == 0
