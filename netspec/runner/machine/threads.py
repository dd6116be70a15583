"""How many cores and threads the process works on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_SMALL = 50_000_000
"""Multiply-accumulates of a batch below which a second thread costs more than it brings."""


@contextmanager
def threads(macs: int) -> Iterator[None]:
    """Run with one thread where a batch has few multiply-accumulates, else with torch's own."""
    before = torch.get_num_threads()
    if macs < _SMALL and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
