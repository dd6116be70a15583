"""How the process uses memory and cores. Results depend on neither but for the thread count."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netspec.diagnostic import NetspecError

if TYPE_CHECKING:
    import torch

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_PDEATHSIG = 1
_KEEP = 1 << 30
_PAD = 64 << 20
_SMALL = 50_000_000
"""Multiply-accumulates of a batch below which a second thread costs more than it brings."""


def tune() -> None:
    """Set what has to be set before torch is imported."""
    keep_freed()
    # A thread that spins while it waits makes everyone wait where cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def keep_freed() -> bool:
    """Have glibc keep what training frees; return False where there is no glibc.

    It gives every large block back to the system and faults it in again at the next step:
    thousands of page faults a step on a small network, a quarter of its time.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((_MMAP_THRESHOLD, _KEEP), (_TRIM_THRESHOLD, _KEEP), (_TOP_PAD, _PAD))
    done = [mallopt(name, size) == 1 for name, size in settings]
    return all(done)


@contextmanager
def threads(macs: int) -> Iterator[None]:
    """Run with one thread where a batch has few multiply-accumulates, else with torch's own."""
    import torch

    before = torch.get_num_threads()
    if macs < _SMALL and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def deterministic(wanted: bool, device: torch.device) -> Iterator[None]:
    """Run with torch's deterministic algorithms alone; NetspecError where an operation has none."""
    import torch

    before = torch.are_deterministic_algorithms_enabled()
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # as torch's page asks for
        torch.use_deterministic_algorithms(True)
    try:
        yield
    except RuntimeError as error:
        if "deterministic" not in str(error).lower():
            raise
        message = str(error).partition(". ")[0].partition(", but")[0]
        raise NetspecError(f"{message} on {device}", "deterministic: false trains it") from None
    finally:
        torch.use_deterministic_algorithms(before)


def cores() -> int:
    """Return how many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with(parent: int) -> None:
    """Have Linux interrupt this process when `parent`, which started it, is gone."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it went before it could be watched
        os.kill(os.getpid(), signal.SIGTERM)
