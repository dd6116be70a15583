"""Several processes of one command on this machine, as torchrun would start them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from netspec.diagnostic import NetspecError
from netspec.runner.together.place import meeting_place
from netspec.runner.together.variables import (
    LAUNCHER,
    LOCAL_RANK,
    LOCAL_WORLD_SIZE,
    MEETING,
    RANK,
    WORLD_SIZE,
)

_GRACE = 10.0
"""Seconds that the others have to end by themselves once one was lost."""


def told() -> bool:
    """Whether a launcher, this or torchrun, has started this process."""
    return RANK in os.environ


def hush() -> None:
    """Leave standard output to the first of the processes, and errors to the first of a machine."""
    for name, stream in ((RANK, "stdout"), (LOCAL_RANK, "stderr")):
        if os.environ.get(name, "0") != "0":
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def launch(count: int) -> int:
    """Run this very command in `count` processes; the first one's exit code comes back."""
    with meeting_place() as (file, kept):
        shared = {
            WORLD_SIZE: str(count),
            LOCAL_WORLD_SIZE: str(count),
            # A file needs no port, which another program could take before torch does.
            MEETING: file.as_uri(),
            LAUNCHER: str(os.getpid()),
        }
        command = [sys.executable, "-m", "netspec", *sys.argv[1:]]
        # In sessions of their own, so that Ctrl-C reaches each once: from here.
        processes = [
            subprocess.Popen(  # noqa: S603
                command,
                env=os.environ | shared | {RANK: str(rank), LOCAL_RANK: str(rank)},
                start_new_session=True,
                pass_fds=kept,
            )
            for rank in range(count)
        ]
        return _watch(processes)


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    passed: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        passed.append(number)
        for process in processes:
            if process.poll() is None:
                process.send_signal(number)

    before = {n: signal.signal(n, forward) for n in (signal.SIGINT, signal.SIGTERM)}
    failed: subprocess.Popen[bytes] | None = None
    deadline = 0.0
    try:
        while any([process.poll() is None for process in processes]):  # noqa: C419 (polls all)
            if failed is None:
                failed = next((process for process in processes if process.returncode), None)
                deadline = time.monotonic() + _GRACE
            elif time.monotonic() > deadline:
                _kill(processes)
            time.sleep(0.05)
    finally:
        _kill(processes)
        for number, handler in before.items():
            signal.signal(number, handler)
    codes = [int(process.returncode) for process in processes]
    if passed and codes[0] < 0:
        return 128 - codes[0]
    if codes[0] < 0:  # it cannot say what happened, as it does for the others
        rank = processes.index(failed or processes[0])
        how = f"ended by {signal.Signals(-codes[rank]).name}" if codes[rank] < 0 else "failed"
        message = f"process {rank} of {len(codes)} {how}"
        raise NetspecError(message, "what was saved can be taken up with --resume")
    return codes[0] or 3 * any(codes)


def _kill(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
