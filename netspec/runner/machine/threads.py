"""How many cores and threads the process works on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_SMALL = 50_000_000
"""Multiply-accumulates of a batch below which a second thread costs more than it brings."""


@contextmanager
def threads(macs: int, wanted: int | None = None) -> Iterator[None]:
    """Run with `wanted` threads, else with one where a batch has few multiply-accumulates.

    Otherwise it is torch's own choice, or that of OMP_NUM_THREADS.
    """
    before = torch.get_num_threads()
    if wanted:
        torch.set_num_threads(wanted)
    elif small(macs) and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def small(macs: int) -> bool:
    """Whether a batch of so many multiply-accumulates is no faster on several threads."""
    return macs < _SMALL


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
