"""Where processes of one machine meet: nothing is left there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny import ROOT

from netspec.runner.together.place import meeting_place

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked")

HOLDS = """
import subprocess, sys, time
from netspec.runner.together.place import meeting_place
with meeting_place() as (file, kept):
    file.touch()
    code = "import time; print('up', flush=True); time.sleep(60)"
    rank = subprocess.Popen([sys.executable, "-c", code], pass_fds=kept, stdout=subprocess.PIPE)
    rank.stdout.readline()
    print(rank.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def names(home: Path) -> list[str]:
    with meeting_place() as (file, _):
        return [path.name for path in home.iterdir() if path != file.parent]


def test_a_folder_is_gone_in_the_end(home: Path) -> None:
    with meeting_place() as (file, _):
        file.touch()
        assert file.parent.parent == home
    assert not list(home.iterdir())


def test_what_was_killed_is_swept_at_the_next_start_and_not_before_all_of_it_is_gone(
    home: Path,
) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(home)},
    )  # fmt: skip
    with launcher:
        assert launcher.stdout is not None
        rank = int(launcher.stdout.readline())
        (left,) = (path.name for path in home.iterdir())
        assert names(home) == [left]
        launcher.send_signal(signal.SIGKILL)
    assert names(home) == [left], "a process that is left still meets others there"
    os.kill(rank, signal.SIGKILL)
    for _ in range(1000):
        if not names(home):
            break
    assert not list(home.iterdir())


def test_what_others_have_there_stays(home: Path) -> None:
    for name in ("netspec-meeting-mine", "netspec.12345678"):
        (home / name).mkdir()
        (home / name / "notes").touch()
    (home / "netspec-meeting-file").touch()
    (home / "netspec-meeting-link").symlink_to(home / "netspec.12345678")
    before = sorted(path.name for path in home.rglob("*"))
    assert len(names(home)) == 4
    assert sorted(path.name for path in home.rglob("*")) == before
