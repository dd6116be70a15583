"""Algorithms that give the same figures each time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from netspec.diagnostic import NetspecError


@contextmanager
def deterministic(wanted: bool, device: torch.device) -> Iterator[None]:
    """Run with torch's deterministic algorithms alone; NetspecError where an operation has none."""
    before = torch.are_deterministic_algorithms_enabled()
    memory: Any = torch.utils.deterministic
    filled = memory.fill_uninitialized_memory
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # as torch's page asks for
        torch.use_deterministic_algorithms(True)
        # Nothing here reads memory that was not written; filling it is a launch for every tensor.
        memory.fill_uninitialized_memory = False
    try:
        yield
    except RuntimeError as error:
        if "deterministic" not in str(error).lower():
            raise
        message = str(error).partition(". ")[0].partition(", but")[0]
        raise NetspecError(f"{message} on {device}", "deterministic: false trains it") from None
    finally:
        torch.use_deterministic_algorithms(before)
        memory.fill_uninitialized_memory = filled
