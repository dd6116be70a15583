"""A run's folder: what is in it, and what may be in its way."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shades
import tiny
import torch
from safetensors import safe_open
from shades import paint
from tiny import CHANCE as SPEC

from netspec import compiler, source
from netspec.diagnostic import NetspecError
from netspec.network.build import build
from netspec.runner.run.folder import Writer
from netspec.runner.train import Result, train

pytestmark = pytest.mark.usefixtures("one_thread")


def run(folder: Path, *changes: tuple[str, str], **more: Any) -> Result:
    return tiny.run(folder, *changes, spec=SPEC, **more)


def test_a_run_leaves_files_that_explain_themselves(tmp_path: Path) -> None:
    out = StringIO()
    result = run(tmp_path, out=out)
    folder = tmp_path / "runs" / "tiny" / "1"
    assert result.folder == folder
    names = {path.name.split(".1")[0] for path in folder.iterdir()}
    assert names == {
        "spec.yaml", "environment.json", "metrics.jsonl", "events.out.tfevents", "last.ckpt",
        "previous.ckpt", "best.safetensors", "summary.json", ".lock",
        "curves.png", "confusion.png", "answers.json",
    }  # fmt: skip
    assert (folder / "spec.yaml").read_text() == SPEC
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[1]["accuracy"] == result.rows[1].accuracy > 0.5
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["status"], summary["epochs"], summary["goal"]) == ("finished", 2, None)
    assert summary["best"]["accuracy"] == result.best.accuracy
    found = json.loads((folder / "environment.json").read_text())
    assert found["torch"] == torch.__version__
    assert (found["device"], found["threads"], found["layout"]) == ("cpu", 1, "channels_last")
    lines = out.getvalue().splitlines()
    assert "1438 training and 359 test images of digits" in lines[0]
    assert " ".join(lines[1].split()) == HEAD
    assert [line.split()[0] for line in lines[2:]] == ["1/2", "2/2"]
    assert "\x1b" not in out.getvalue()


HEAD = "epoch train loss train acc test loss test acc lr seconds"


def test_best_weights_carry_the_spec_and_fit_the_plan(tmp_path: Path) -> None:
    folder = run(tmp_path).folder
    with safe_open(folder / "best.safetensors", "pt") as saved:
        text = saved.metadata()["spec"]
        weights = {key: saved.get_tensor(key) for key in saved.keys()}  # noqa: SIM118
    model = build(compiler.compile(source.parse(text, "spec.yaml")), device="cpu")
    model.load_state_dict(weights, strict=True)


def test_runs_are_numbered_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x" / "7").mkdir(parents=True)
    (tmp_path / "x" / "notes").mkdir()
    threads = [threading.Thread(target=Writer.create, args=(tmp_path, "x")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(int(p.name) for p in (tmp_path / "x").iterdir() if p.name.isdecimal())
    assert numbers == list(range(7, 16))


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "symlink": (lambda p: p.symlink_to(p.parent / "elsewhere"), "symbolic link"),
    "fifo": (os.mkfifo, "pipe"),
    "folder": (lambda p: p.mkdir(), "folder"),
    "device": (lambda p: os.mknod(p, 0o20666, os.makedev(1, 3)), "device"),
}


@pytest.mark.parametrize(("make", "kind"), ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    "name", ["last.ckpt", "metrics.jsonl", "best.safetensors", ".lock", "spec.yaml"]
)
def test_an_odd_file_in_the_way_is_refused_and_stays(
    made: Path, name: str, make: Callable[[Path], object], kind: str
) -> None:
    spec = compiler.compile(str(made / "spec.yaml"))
    (made / name).unlink()
    try:
        make(made / name)
    except PermissionError:
        pytest.skip("devices are made by root only")
    before = (made / name).lstat()
    with pytest.raises(NetspecError, match=f"{name} is a {kind}|no run in|cannot be read"):
        train(spec, made, "cpu", made, resume=made, force=True)
    assert (made / name).lstat().st_mode == before.st_mode
    assert not (made / "elsewhere").exists()


def test_a_class_that_could_steer_a_terminal_is_refused_before_training(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for name in ("dark", "li\x1b[2Jght", "1"):
            paint(tmp_path / "data" / "shades" / part / name / "0.png", 100)
    spec = source.parse(shades.SPEC.replace(", val_fraction: 0.25", ""), "shades.yaml")
    with pytest.raises(NetspecError, match=r"'li\\x1b\[2Jght' has control characters"):
        train(spec, tmp_path / "data", "cpu", tmp_path / "runs")
    assert not list(tmp_path.glob("runs/*/*/spec.yaml"))
