"""Weights that a network starts from, by name and shape."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.network.load import BEST
from netspec.network.packed import DIGEST, TENSORS, of_metadata, of_tensors


class Start(NamedTuple):
    """What became of each tensor; the first of a pair is its name, the second says why."""

    file: Path
    sha256: str
    """Of the file."""
    loaded: list[str]
    kept: list[tuple[str, str]]
    """Of the network, as the seed made them."""
    left: list[tuple[str, str]]
    """Of the file, not used."""


def start(network: nn.Module, path: Path) -> Start:
    """Take over from a file, or the best weights of a run, what has the name and shape of a tensor.

    Raises NetspecError where the file is missing or damaged, or has nothing for the network.
    """
    file = path / BEST if path.is_dir() else path
    files.regular(file)
    if not file.exists():
        raise NetspecError(f"no {file}", "weights are those of a run, or a .safetensors file")
    wanted = network.state_dict()
    try:
        found, left = _read(file, wanted)
        digest = sha256(file.read_bytes()).hexdigest()
    except (SafetensorError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NetspecError(f"{file} cannot be read: {reason}", "it is no file of weights") from None
    unused = dict(left)
    kept = [(name, unused.get(name, "not in the file")) for name in wanted if name not in found]
    if not any(wanted[name].is_floating_point() for name in found):
        there = listed_names([name for name, _ in left] or [*found])
        here = listed_names([*wanted])
        message = f"{file} has nothing for this network: it has {there}, the network {here}"
        raise NetspecError(message, "weights go by name and shape; name: gives a layer its name")
    network.load_state_dict(found, strict=False)
    return Start(file, digest, list(found), kept, left)


def _read(file: Path, wanted: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[tuple[str, str]]]:
    with safe_open(file, "pt") as saved:
        metadata = saved.metadata() or {}
        names = list(saved.keys())
        if DIGEST in metadata:  # one of ours, which says what must be in it
            tensors = {name: saved.get_tensor(name) for name in names}
            if metadata[DIGEST] != of_metadata(metadata):
                raise ValueError("its metadata is not what was written")
            if metadata.get(TENSORS) != of_tensors(tensors):
                raise ValueError("its weights are not those that were written")
        found, left = {}, []
        for name in names:
            if name not in wanted:
                left.append((name, "not in the network"))
                continue
            shape, here = tuple(saved.get_slice(name).get_shape()), wanted[name]
            if shape != tuple(here.shape):
                left.append((name, f"{shape} in the file, {tuple(here.shape)} here"))
                continue
            tensor = saved.get_tensor(name)
            if tensor.is_floating_point() != here.is_floating_point():
                left.append((name, f"{tensor.dtype} in the file, {here.dtype} here"))
                continue
            if not tensor.isfinite().all():
                raise ValueError(f"{name} has values that are not finite")
            found[name] = tensor.to(here.dtype)
            if not torch.isfinite(found[name]).all():
                raise ValueError(f"{name} has values beyond {here.dtype}")
    return found, left


def listed_names(names: list[str]) -> str:
    """A few names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
