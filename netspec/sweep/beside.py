"""Processes that train a trial together with the one that works on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netspec.runner.machine.stop import Interrupted
from netspec.runner.together.place import meeting_place
from netspec.runner.together.variables import (
    LAUNCHER,
    LOCAL_RANK,
    LOCAL_WORLD_SIZE,
    MEETING,
    RANK,
    WORLD_SIZE,
)
from netspec.runner.train import train

_GRACE = 10.0
"""Seconds in which the first process notices that another one is gone."""


@contextmanager
def beside(processes: int, run: Path, data_dir: Path, device: str) -> Iterator[None]:
    """Have what is trained in here, in the folder of a run, be trained by so many processes.

    Where one of them dies the others end; where that cannot be, so does this one.
    """
    if processes == 1:
        yield
        return
    with meeting_place() as (file, kept):
        shared = {
            WORLD_SIZE: str(processes), LOCAL_WORLD_SIZE: str(processes), MEETING: file.as_uri(),
        }  # fmt: skip
        command = [sys.executable, "-m", __name__, str(run), str(data_dir), device]
        others = [
            subprocess.Popen(  # noqa: S603
                command,
                env=os.environ | shared | {RANK: str(rank), LOCAL_RANK: str(rank),
                                           LAUNCHER: str(os.getpid())},
                start_new_session=True, pass_fds=kept, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for rank in range(1, processes)
        ]  # fmt: skip
        before = dict(os.environ)
        os.environ |= shared | {RANK: "0", LOCAL_RANK: "0"}
        over = threading.Event()
        watch = threading.Thread(target=_watch, args=(others, over), daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()
            for name in (*shared, RANK, LOCAL_RANK):
                os.environ.pop(name)
                if name in before:
                    os.environ[name] = before[name]
            _end(others)


def _watch(others: list[subprocess.Popen[bytes]], over: threading.Event) -> None:
    """End this process where it waits for one that has died, which torch does for half an hour."""
    while not over.wait(0.2):
        if any([one.poll() for one in others]) and not over.wait(_GRACE):  # noqa: C419 (polls all)
            os.kill(os.getpid(), signal.SIGKILL)


def _end(others: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _GRACE
    for one in others:
        try:
            one.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()


def _follow(run: str, data_dir: str, device: str) -> None:
    """Train the run with the process that has started this one, which decides and writes."""
    train(
        Path(run) / "spec.yaml", data_dir, device, resume=run, enough=lambda rows: "",
        pictures=False,
    )  # fmt: skip


if __name__ == "__main__":
    try:
        _follow(*sys.argv[1:])
    except Interrupted as interrupted:
        sys.exit(interrupted.exit_code)
