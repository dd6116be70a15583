"""One process at a time in a run's folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT, command, resume

from netspec.diagnostic import NetspecError
from netspec.runner.run.lock import Lock

pytestmark = pytest.mark.usefixtures("one_thread")


class TestLock:
    def test_a_second_process_exits_3_and_names_the_first(self, made: Path) -> None:
        lock = Lock(made)
        done = command("train", "--resume", str(made), cwd=made)
        lock.close()
        assert done.returncode == 3
        assert f"error: {made} is in use by process {os.getpid()}\n" in done.stderr

    def test_nothing_is_stale_after_a_kill(self, made: Path) -> None:
        code = "import sys, pathlib; from netspec.runner.run.lock import Lock; " \
            "lock = Lock(pathlib.Path()); print('held', flush=True); sys.stdin.read()"  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=made, env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            with pytest.raises(NetspecError, match=f"process {process.pid}"):
                Lock(made)
            process.kill()
        Lock(made).close()

    def test_a_process_that_was_forked_does_not_keep_it(self, made: Path) -> None:
        """As those that read images: they live on for seconds after a kill."""
        code = (
            "import os, pathlib, signal, time\n"
            "from netspec.runner.run.lock import Lock\n"
            "lock = Lock(pathlib.Path())\n"
            "if not os.fork(): print(os.getpid(), flush=True); time.sleep(60)\n"
            "time.sleep(60)"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=made, env={"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            child = int(process.stdout.readline())
            with pytest.raises(NetspecError, match=f"process {process.pid}"):
                Lock(made)
            process.kill()
            process.wait()
            Lock(made).close()
            os.kill(child, signal.SIGKILL)

    def test_a_child_does_not_take_it_from_its_parent(self, made: Path) -> None:
        lock = Lock(made)
        child = os.fork()
        if not child:
            lock.close()
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(NetspecError, match=f"process {os.getpid()}"):
            Lock(made)
        lock.close()
        Lock(made).close()

    def test_a_stale_temporary_is_gone_after_the_next_start(self, made: Path) -> None:
        (made / ".last.ckpt.0badcafe.partial").write_bytes(b"half")
        resume(made)
        assert not list(made.glob(".*.partial"))
