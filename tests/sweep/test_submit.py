"""Jobs of a Slurm that is a stand-in, and in the background of this machine."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import slurm
from command import netspec
from submitit.local import local
from sweeping import LR, SPEC
from tiny import ROOT

from netspec.diagnostic import NetspecError
from netspec.sweep import submit
from netspec.sweep.submit import Job, settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", f"{slurm.install(tmp_path / 'bin')}:{os.environ['PATH']}")
    (tmp_path / "net.yaml").write_text(SPEC)
    return tmp_path


def instead(here: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have jobs run this in place of the command."""
    (here / "command.py").write_text(code)
    monkeypatch.setattr(submit, "COMMAND", (sys.executable, str(here / "command.py")))
    monkeypatch.setattr(sys, "argv", ["netspec"])


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


WAITS = """
import signal, sys, time
from pathlib import Path
log = Path("log")
def told(*_):
    log.write_text(log.read_text() + "saved\\n")
    sys.exit(143)
signal.signal(signal.SIGTERM, told)
log.write_text((log.read_text() if log.exists() else "") + "began\\n")
while log.read_text().count("began") < 2:
    time.sleep(0.02)
log.write_text(log.read_text() + "done\\n")
"""


def test_a_job_that_is_preempted_saves_first_and_goes_on_when_it_is_started_again(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(here, monkeypatch, WAITS)
    began = submit.submit("slurm", settings("slurm", ["time=5"]), 1, here / "s", "net")
    assert [(one.id, one.log.name) for one in began] == [("7", "7_0_log.out")]
    log = here / "log"
    until(log.exists)
    until(lambda: "began" in log.read_text())
    until(lambda: bool(_jobs()))
    for process in _jobs():  # as Slurm does, to all of a job
        os.kill(process, signal.SIGUSR2)
    until(lambda: "done" in log.read_text())
    assert log.read_text().split() == ["began", "saved", "began", "done"]
    result = here / "s" / "jobs" / "7_0_result.pkl"
    until(result.exists)


def _jobs() -> list[int]:
    """Processes that submitit or a job has started here."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            home = (folder / "cwd").readlink()
        except OSError:
            continue
        if home == Path.cwd() and (b"submitit" in words or b"command.py" in words):
            found.append(int(folder.name))
    return found


def test_jobs_are_asked_for_what_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Job, "__call__", lambda job: None)
    words = ("--submit", "slurm", "--workers", "3", "--slurm", "partition=gpu", "--slurm",
             "cpus_per_task=6", "--slurm", "setup=module load cuda", "--devices", "2")  # fmt: skip
    monkeypatch.setattr("netspec.sweep.submit.submit", _told)
    done = netspec("sweep", "net.yaml", "--vary", LR, *words, "--out", "s")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "job 7_0: s/jobs/7_0_0_log.out",
        "netspec sweep net.yaml --status --out s shows how it stands",
    ]
    told = {"time": 60, "partition": "gpu", "cpus_per_task": 6, "setup": ["module load cuda"]}
    assert asked == [("slurm", told, 3, Path("s"), "net")]
    assert '"threads": 3' in (here / "s" / "sweep.json").read_text()


asked: list[tuple[object, ...]] = []


def _told(*arguments: object) -> list[submit.Submitted]:
    asked.append(arguments)
    return [submit.Submitted("7_0", Path("s/jobs/7_0_0_log.out"))]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--slurm", "time=5"], 2, "--slurm is for --submit slurm"),
        (["--submit", "local", "--slurm", "time=5"], 2, "--slurm is for --submit slurm"),
        (["--submit", "pbs"], 2, "'--submit'"),
        (["--submit", "slurm", "--slurm", "time"], 2, "--slurm 'time': expected KEY=VALUE"),
        (["--submit", "slurm", "--slurm", "time="], 2, "--slurm 'time=': expected KEY=VALUE"),
        (["--submit", "slurm", "--slurm", "time=1:00"], 2, "time=1:00: expected minutes"),
        (["--submit", "slurm", "--slurm", "cpus_per_task=-1"], 2, "expected a whole number"),
        (["--submit", "slurm", "--slurm", "partitions=a"], 2, "no parameter of a job is called"),
        (["--submit", "slurm", "--slurm", "nodes=2"], 2, "no parameter of a job is called so"),
        (["--submit", "slurm", "--slurm", "partition=closed"], 3, "no job was taken: "),
        (["--submit", "slurm", "--keep", "params <= 1"], 1, "none of 3 candidates keeps"),
        (["--devices", "0"], 2, "expected at least 1"),
        (["--threads", "0"], 2, "expected at least 1"),
        (["--storage", "sweep.db"], 2, "--storage: expected the address of a PostgreSQL"),
    ],
)
def test_wrong_use_is_one_message(here: Path, words: list[str], code: int, message: str) -> None:
    done = netspec("sweep", "net.yaml", "--vary", LR, *words, "--out", "s")
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "\nerror: " in f"\n{done.err}"  # sbatch's own words are before it
    assert "help: " in done.err


def test_without_slurm_there_is_a_way_out(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = netspec("sweep", "net.yaml", "--vary", LR, "--submit", "slurm")
    assert (done.code, done.out) == (2, "")
    assert "--submit slurm: there is no sbatch here" in done.err


def test_jobs_in_the_background_take_no_parameters_and_need_no_slurm(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(here, monkeypatch, "import os; print(os.environ['NETSPEC_SUBMITTED'])")
    began, start = [], local.start_controller

    def noted(*arguments: Any, **more: Any) -> Any:
        began.append(start(*arguments, **more))
        return began[0]

    monkeypatch.setattr(local, "start_controller", noted)
    (one,) = submit.submit("local", {}, 1, here / "s", "net")
    assert str(began[0].pid) == one.id
    assert began[0].wait(120) == 0
    assert "\n1\n" in one.log.read_text()
    with pytest.raises(NetspecError):
        settings("local", ["time=5"])
