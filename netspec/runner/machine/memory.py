"""Whether training fits into memory, said before any of it is taken."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import torch

from netspec.compiler.memory import training
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError
from netspec.language.training import Train
from netspec.runner.data.images import Dataset, Images

_TRIED = re.compile(r"allocate ([\d.]+ ?\w+)")
_SHORT = re.compile(
    r"out of memory|not enough memory|(can't|cannot) allocate memory|ALLOC(ATION)?_FAILED"
    # What cuBLAS and cuDNN say where they find no room for a workspace.
    r"|CUBLAS_STATUS_NOT_INITIALIZED|CUDNN_STATUS_NOT_INITIALIZED"
    r"|unable to find (an engine|a valid cuDNN algorithm)",
    re.IGNORECASE,
)
"""What torch says of memory where its error has no type."""
_CGROUP = Path("/sys/fs/cgroup")


def free(device: torch.device) -> int | None:
    """How many bytes can be taken there, None where nobody says."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type != "cpu" or sys.platform == "win32":
        return None
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    import resource

    with suppress(OSError, LookupError, ValueError):
        text = Path("/proc/meminfo").read_text()
        yield int(text.partition("MemAvailable:")[2].split()[0]) * 1024
    with suppress(OSError, ValueError):
        most = int((_CGROUP / "memory.max").read_text())
        yield most - int((_CGROUP / "memory.current").read_text())
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most != resource.RLIM_INFINITY:
        with suppress(OSError):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            yield most - pages * os.sysconf("SC_PAGE_SIZE")


def check(plan: Plan, train: Train, device: torch.device) -> None:
    """Refuse training that needs more bytes than `device` has free."""
    there = free(device)
    needed = training(plan.root, train).total
    if there is not None and needed > there:
        message = f"training needs {needed:,} bytes, {there:,} are free on {device}"
        raise NetspecError(message, _fitting(plan, train, there))


def check_data(data: Dataset, device: torch.device) -> None:
    """Refuse images in memory that are more bytes than another device than the CPU has free."""
    parts = {id(part): part for part in (data.train, data.judge)}.values()
    needed = sum(part.nbytes for part in parts if isinstance(part, Images))
    there = free(device) if device.type != "cpu" else None
    if there is not None and needed > there:
        message = f"the images need {needed:,} bytes, {there:,} are free on {device}"
        raise NetspecError(message, "a smaller size, or --device cpu")


@contextmanager
def told(plan: Plan, train: Train, device: torch.device) -> Iterator[None]:
    """Turn memory that runs out into one message."""
    there = free(device)
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        text = str(error)
        short = isinstance(error, MemoryError | torch.OutOfMemoryError)
        if not short and not _SHORT.search(text):
            raise
        tried = _TRIED.search(text)
        message = f"out of memory on {device}" + (
            f": {tried[1]} more were asked for" if tried else ""
        )
        if there is None:
            there = training(plan.root, train).total
        raise NetspecError(message, _fitting(plan, train, there)) from None


def _fitting(plan: Plan, train: Train, there: int) -> str:
    """A hint with what fits by the estimate, half of what was held at most."""
    sizes = (train.model_copy(update={"batch_size": n, "accumulate": 1}) for n in (0, 1))
    nothing, one = (training(plan.root, size).total for size in sizes)
    # What single operations need for a moment comes on top of the estimate.
    held = min((there * 3 // 4 - nothing) // max(one - nothing, 1), train.held // 2)
    if held >= 1:
        parts = -(-train.batch_size // held)
        batch = held * train.accumulate
        return f"batch_size: {batch} would fit by the estimate, or accumulate: {parts}"
    return f"no batch size fits: the weights and what goes with them need {nothing:,} bytes"
