"""How many threads the process works with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import torch

from netspec.diagnostic import UsageError
from netspec.runner.machine.cores import free
from netspec.runs.past import environment

_SMALL = 50_000_000
"""Multiply-accumulates of a batch below which a second thread costs more than it brings."""
MOST = 1024
VARIABLE = "OMP_NUM_THREADS"


class Choice(NamedTuple):
    """A number of threads; None is torch's own, or that of the environment."""

    number: int | None
    fewer: bool = False
    """Whether others leave no more."""


def chosen(
    macs: int, wanted: int | None = None, recorded: int | None = None, processes: int = 1
) -> Choice:
    """The threads of each of so many processes on this machine.

    That is `wanted`, the environment's, or what a run was begun with: figures hang on it. Else it
    is one where a batch has few multiply-accumulates, and a share of what others leave.
    """
    if wanted:
        return Choice(wanted)
    if VARIABLE in os.environ:
        return Choice(None)
    if recorded:
        return Choice(recorded)
    if small(macs):
        return Choice(1)
    left, own = max(1, free() // processes), max(1, torch.get_num_threads() // processes)
    return Choice(min(left, own), left < own)


@contextmanager
def threads(number: int | None) -> Iterator[None]:
    """Run with so many; None leaves them as they are."""
    before = torch.get_num_threads()
    if number:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def recorded(folder: Path | None) -> int | None:
    """What the run in a folder was begun with; None where nobody says."""
    try:
        told = environment(folder).get("threads") if folder else None
    except UsageError:  # it is for people, and written anew
        return None
    return told if type(told) is int and 0 < told <= MOST else None


def small(macs: int) -> bool:
    """Whether a batch of so many multiply-accumulates is no faster on several threads."""
    return macs < _SMALL
