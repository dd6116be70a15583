"""`netspec check --watch`: it sees every change, survives what is broken, and ends clean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import netspec

from netspec.cli import watching

GOOD = "input: [4]\nlayers: [Linear: 2]\n"
BAD = "input: [4]\nlayers: [Linaer: 2]\n"


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    file = tmp_path / "specs" / "a.yaml"
    file.parent.mkdir()
    file.write_text(GOOD)
    return file


def watched(
    monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object], more: tuple[str, ...] = ()
) -> tuple[int, list[str]]:
    """What is printed first and after each step, and the exit code after an interrupt."""
    left: Iterator[Callable[[], object]] = iter(steps)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if seconds != watching.EVERY:
            return
        if (step := next(left, None)) is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(time, "sleep", sleep)
    done = netspec("check", "--watch", "specs", "--quiet", *more)
    assert done.err == ""
    return done.code, done.out.split("watching specs; Ctrl-C ends it\n")[:-1]


def test_it_tells_of_each_change_and_of_nothing_else(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = watched(
        monkeypatch,
        lambda: spec.write_text(BAD),
        lambda: None,
        lambda: spec.write_text("input: [4\n"),
        lambda: spec.with_name("b.yaml").write_text(BAD + "\n"),
        spec.unlink,
        spec.with_name("b.yaml").unlink,
        spec.parent.rmdir,
        lambda: (spec.parent.mkdir(), spec.write_text(GOOD)),
    )
    assert code == 130
    found = ["" if "error" not in one else one.partition("]")[0] for one in told]
    assert found == [
        "", "error[unknown-layer", "error[yaml-syntax", "error[yaml-syntax", "error[unknown-layer",
        "error[unreadable", "",
    ]  # fmt: skip
    assert "specs/b.yaml" in told[3]


def test_a_change_that_cannot_be_made_is_told_and_survived(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = GOOD.replace("2", "$b")
    code, told = watched(
        monkeypatch, lambda: spec.write_text(f"vars: {{b: 3}}\n{right}"), more=("--set", "vars.b=1")
    )
    assert code == 130
    assert "--set vars.b=1: nothing reads the variable 'b'" in told[0]
    assert "error" not in told[1]


@pytest.mark.parametrize(
    ("arguments", "help"),
    [(["-"], "name files or folders"), (["specs", "--fix"], "leave --fix out, or --watch")],
)
def test_what_cannot_be_watched_is_wrong_use(arguments: list[str], help: str) -> None:
    done = netspec("check", "--watch", *arguments)
    assert (done.code, done.out) == (2, "")
    assert help in done.err


def test_an_interrupt_ends_a_process_without_a_trace(spec: Path) -> None:
    command = [sys.executable, "-m", "netspec", "check", "--watch", "specs"]
    # A shell that runs the tests in the background has them ignore it, and what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    signal.signal(signal.SIGINT, before)
    assert process.stdout
    lines = []
    while not lines or "watching" not in lines[-1]:
        lines.append(process.stdout.readline())
    spec.write_text(BAD)
    while "unknown-layer" not in lines[-1]:
        lines.append(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")
