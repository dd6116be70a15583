"""How many cores there are for this process, and how many of them others leave."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

_LOOK = 0.2
"""Seconds for which others are watched."""
_TRAINS = ("train", "sweep", "lr-find")
_PROC, _GROUPS = Path("/proc"), Path("/sys/fs/cgroup")


def cores() -> int:
    """How many this process may use: by its affinity, and by the quota of its control group."""
    if hasattr(os, "sched_getaffinity"):
        found = len(os.sched_getaffinity(0))
    else:
        found = os.cpu_count() or 1
    return max(1, int(min([found, *_quotas()])))


def _quotas() -> Iterator[float]:
    """Cores that the control groups of this process allow, from its own up to the outermost."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, names, path = line.split(":", 2)
        if names and "cpu" not in names.split(","):
            continue
        top = _GROUPS / "cpu" if names else _GROUPS
        here = top / path.strip("/")
        for folder in [here, *here.parents]:
            with suppress(OSError, ValueError, ZeroDivisionError):
                if names:
                    quota = int((folder / "cpu.cfs_quota_us").read_text())
                    if quota > 0:
                        yield quota / int((folder / "cpu.cfs_period_us").read_text())
                else:
                    most, period = (folder / "cpu.max").read_text().split()
                    if most != "max":
                        yield int(most) / int(period)
            if folder == top:
                break


class Process(NamedTuple):
    """One that runs here, as /proc tells of it."""

    parent: int
    seconds: float
    """Of all cores, since its start."""


def free() -> int:
    """How many cores others leave, at least one.

    What others have used for a moment is theirs; those that are about to train and have not begun
    are given as much as this one.
    """
    return share(cores(), *_others())


def share(cores: int, busy: float, starting: int) -> int:
    """Of so many cores, where others keep some busy and some others are starting."""
    return max(1, int(cores - busy + 0.5) // (1 + starting))


def _others() -> tuple[float, int]:
    """How many cores others keep busy, and how many others are about to train."""
    before, began = _processes(), time.perf_counter()
    if not before:
        return 0.0, 0
    time.sleep(_LOOK)
    now, passed = _processes(), time.perf_counter() - began
    ours = _family(now)
    others = {process: now[process] for process in now.keys() & before.keys() - ours}
    trains = {process for process in others if _trains(process)}
    parents = {others[process].parent for process in trains}
    starting = {process for process in trains - parents if not _at_work(process)}
    used = sum(
        one.seconds - before[process].seconds
        for process, one in others.items()
        if process not in starting
    )
    return used / passed, len(starting)


def _processes() -> dict[int, Process]:
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # The name, which may have anything in it, ends with the last bracket.
            told = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            ticks = int(told[11]) + int(told[12])
            found[int(folder.name)] = Process(int(told[1]), ticks / os.sysconf("SC_CLK_TCK"))
    return found


def _family(processes: dict[int, Process]) -> set[int]:
    """The process itself and those that work with it."""
    ours = {os.getpid()}
    if int(os.environ.get("LOCAL_WORLD_SIZE", "1")) > 1:
        mine = os.getppid()
        ours |= {mine} | {p for p, one in processes.items() if one.parent == mine}
    while more := {p for p, one in processes.items() if one.parent in ours} - ours:
        ours |= more
    return ours


def _trains(process: int) -> bool:
    """Whether it is a command of netspec that trains."""
    try:
        words = (_PROC / str(process) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    names = [word.rpartition("/")[2] for word in words]
    return any(a == "netspec" and b in _TRAINS for a, b in pairwise(names))


def _at_work(process: int) -> bool:
    """Whether it has begun, by the lock that it has; others' users are taken to have."""
    try:
        files = [os.readlink(one) for one in (_PROC / str(process) / "fd").iterdir()]
    except OSError:
        return True
    return any(file.endswith("/.lock") for file in files)
