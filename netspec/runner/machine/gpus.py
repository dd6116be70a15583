"""GPUs that workers share out."""

from __future__ import annotations

import os

import torch

VISIBLE = "CUDA_VISIBLE_DEVICES"


def count() -> int:
    """How many this process sees."""
    return torch.cuda.device_count()


def gpus(device: str, processes: int) -> list[str]:
    """The GPUs of each worker in turn, for trials of so many processes; nothing to be shared out.

    A worker that has its own calls it cuda:0.
    """
    if device not in ("auto", "cuda"):
        return []
    said = os.environ.get(VISIBLE)
    names = said.split(",") if said else [str(i) for i in range(count())]
    groups = [names[i : i + processes] for i in range(0, len(names), processes)]
    whole = [",".join(group) for group in groups if len(group) == processes]
    return whole if len(whole) > 1 else []
