"""Sweeps of a small network on the digits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command import Done, netspec
from sweeping import LR, SPEC
from tiny import ROOT

from netspec import compiler
from netspec.runner.run import lock
from netspec.sweep import work

pytestmark = pytest.mark.usefixtures("one_thread")

WORDS = ("--vary", LR, "--vary", "vars.n=2..6", "--keep", "params <= 1k")
FEW = ("--seeds", "1", "--best", "1")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    return tmp_path


def sweep(*words: str, out: str = "s") -> Done:
    return netspec("sweep", "net.yaml", *words, "--out", out)


def run_of(folder: Path, trial: int) -> Path:
    return folder / "runs" / "net" / str(trial + 1)


def test_only_the_best_meets_the_test_set_and_is_the_spec_that_is_written(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec.runner.train.draw", lambda *_: None)
    done = sweep(*WORDS, "--trials", "3", "--sampler", "random", "--pruner", "none", "--seeds", "2",
                 "--best", "1")  # fmt: skip
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["trial 0", "trial 1", "trial 2"]
    assert "3 of 3 trials: 3 finished; 3 candidates keep the bounds" in lines
    for trial in range(3):
        run = run_of(here / "s", trial)
        plan = compiler.compile(run / "spec.yaml")
        assert plan.totals.params <= 1000
        assert plan.train.data.val_fraction == 0.1
        assert json.loads((run / "summary.json").read_text())["status"] == "finished"
        assert not list(run.glob("*.ckpt"))
    results = sorted((here / "s" / "runs" / "net-seeds").glob("*/test.json"))
    told = [json.loads(file.read_text()) for file in results]
    assert [one["seed"] for one in told] == [1, 2]
    assert all(0.1 < one["test"] < 1 for one in told)
    best = (here / "s" / "best.yaml").read_text()
    assert "# channels" in best
    assert "# swept" in best
    assert "val_fraction" not in best
    assert f"best: trial {told[0]['trial']}, s/best.yaml" in lines
    drawn = netspec("view", "s", "-o", "s.html")
    assert drawn.code == 0, drawn.err
    assert (here / "s.html").read_text().count('data-thing="2"') > 1
    again = sweep("--status")
    assert again.out.strip() in done.out.replace("; 3 candidates keep the bounds", "")


def test_a_sweep_that_was_killed_ends_with_the_table_of_one_that_was_not(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec.sweep.draws._STARTUP", 1)
    monkeypatch.setattr("netspec.runner.train.draw", lambda *_: None)
    words = ("--vary", LR, "--vary", "vars.n=2..5", "--trials", "3", "--pruner", "median",
             *FEW)  # fmt: skip
    whole = sweep(*words)
    assert whole.code == 0, whole.err
    deaths = iter(("_train", "_objective", "_all", "_again", "_source"))
    for name in deaths:
        real, calls = getattr(work.Worker, name), iter([False, True])

        def dies(*arguments: Any, real: Any = real, calls: Any = calls) -> Any:
            if next(calls, False):
                raise SystemExit(9)
            return real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(work.Worker, name, dies)
            killed = sweep(*words, out="killed")
        lock._let_go()  # as the system does of a process that is gone
        assert killed.code in (0, 9)
    done = sweep(*words, out="killed")
    assert done.code == 0, done.err
    table = whole.out[whole.out.index("\n\n") :]
    assert done.out[done.out.index("\n") :].strip() == table.strip().replace(
        "s/best", "killed/best"
    )
    metrics = [run_of(here / "killed", trial) / "metrics.jsonl" for trial in range(3)]
    epochs = [[json.loads(row)["epoch"] for row in one.read_text().splitlines()] for one in metrics]
    assert all(one == list(range(1, len(one) + 1)) for one in epochs)


def test_a_trial_that_diverges_is_a_failed_trial_and_more_can_be_asked_for(here: Path) -> None:
    vary = (
        "--vary", "train.optimizer.SGD.lr=[0.01, 1e30, 0.02]", "--set",
        "train.optimizer={SGD: {lr: 0.1}}", "--sampler", "grid", "--pruner", "none",
    )  # fmt: skip
    done = sweep(*vary, "--trials", "2", "--seeds", "0")
    assert done.code == 0, done.err
    assert "trial 1: train.optimizer.SGD.lr=1e+30: failed: " in done.out
    assert "2 of 2 trials: 1 finished, 1 failed" in done.out
    more = sweep(*vary, "--trials", "9", "--seeds", "0")
    assert more.out.splitlines()[0].startswith("trial 2: ")
    assert "3 of 9 trials: 2 finished, 1 failed; 3 candidates keep the bounds" in more.out
    other = sweep(*vary, "--trials", "2", "--seed", "1")
    assert (other.code, other.out) == (2, "")
    assert "the sweep in s was begun with --seed 0" in other.err


def test_a_trial_of_two_processes_has_the_figures_of_one(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("NETSPEC_SWEEP", str(os.getppid()))  # as a worker, which may not end here
    monkeypatch.setattr("netspec.sweep.sweep.end_with", lambda parent: None)
    words = ("--vary", "vars.n=[4, 5]", "--trials", "1", "--seeds", "0", "--pruner", "none",
             "--device", "cpu")  # fmt: skip
    for name, devices in ("one", "1"), ("two", "2"):
        done = sweep(*words, "--devices", devices, out=name)
        assert done.code == 0, done.err
        assert not os.environ.keys() & {"RANK", "WORLD_SIZE", "NETSPEC_MEETING"}
    rows = [
        json.loads(line)
        for name in ("one", "two")
        for line in (run_of(here / name, 0) / "metrics.jsonl").read_text().splitlines()
    ]
    figures = [(row["loss"], row["train_loss"]) for row in rows]
    assert len(figures) == 4
    assert figures[:2] == [pytest.approx(each, rel=1e-5) for each in figures[2:]]
    other = sweep(*words, "--devices", "1", out="two")
    assert "the sweep in two was begun with --devices 2" in other.err


def test_where_all_fail_the_sweep_does_with_their_reason(here: Path) -> None:
    (here / "net.yaml").write_text(SPEC.replace("dataset: digits", "dataset: MNIST").replace(
        "[1, 8, 8]", "[1, 28, 28]"))  # fmt: skip
    (here / "data").write_text("no folder")
    done = sweep("--vary", "vars.n=2..6", "--trials", "5")
    assert done.code == 3
    assert "the first 3 trials have failed: " in done.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--vary", "vars.m=1..4"], 2, "--vary vars.m: nothing reads the variable 'm'"),
        ([], 2, "nothing varies"),
        (["--vary", "vars.n=1..4", "--keep", "params <= 1"], 1, "none of 4 candidates keeps"),
        (["--vary", "vars.n=1..4", "--keep", "acc >= 1"], 2, "'acc' is no quantity"),
        (["--vary", "vars.n=1..90000", "--sampler", "grid"], 2, "is over the limit of 20,000"),
        (["--status"], 2, "no sweep in s"),
        (["--vary", "vars.n=1..4", "--sampler", "best"], 2, "'--sampler'"),
    ],
)
def test_wrong_use_is_one_message(here: Path, words: list[str], code: int, message: str) -> None:
    done = sweep(*words)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.startswith("error: ")
