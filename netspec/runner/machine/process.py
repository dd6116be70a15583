"""How the process starts, and with whom it ends."""

from __future__ import annotations

import ctypes
import os
import platform
import signal

from netspec.runner.machine.allocator import keep_freed

_PDEATHSIG = 1


def tune() -> None:
    """Set what has to be set before torch is imported."""
    keep_freed()
    # A thread that spins while it waits makes everyone wait where cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def end_with(parent: int) -> None:
    """Have Linux interrupt this process when `parent`, which started it, is gone."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it went before it could be watched
        os.kill(os.getpid(), signal.SIGTERM)
