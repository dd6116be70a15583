"""Where the network runs."""

from __future__ import annotations

import torch

from netspec.diagnostic import UsageError

CPU = torch.device("cpu")


def choose(name: str = "auto") -> torch.device:
    """The device called `name`; auto is CUDA, MPS or the CPU, the first there is."""
    if name == "auto":
        name = next((kind for kind in ("cuda", "mps") if _available(kind)), "cpu")
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (index and not index.isdecimal()):
        raise UsageError(f"unknown device '{name}'", "known here: auto, cpu, cuda, cuda:1, mps")
    if not _available(kind):
        raise UsageError(f"no {kind} device here", "--device auto takes what there is")
    count = torch.cuda.device_count() if kind == "cuda" else 1
    if index and int(index) >= count:
        raise UsageError(f"{name} is not here, the last one is {kind}:{count - 1}")
    return torch.device(name)


def describe(device: torch.device) -> str:
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


def _available(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_available()
    if kind == "mps":
        return torch.backends.mps.is_available()
    return True
