"""A trained network from the file that a run leaves behind."""

from __future__ import annotations

import os
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, SpecError
from netspec.network.build import build
from netspec.network.device import choose
from netspec.network.normalizing import Normalizing, Standardizing
from netspec.network.packed import DIGEST, TENSORS, of_metadata, of_tensors
from netspec.network.reads import KEYS, Reads
from netspec.source import parse

BEST = "best.safetensors"


class Loaded(NamedTuple):
    """A trained network; it reads what is normalized already."""

    plan: Plan
    network: nn.Sequential
    reads: Reads | None
    """What it learnt to read, None in a file of before that was recorded."""


def load_run(
    path: str | os.PathLike[str], device: str = "auto", normalize: bool = True
) -> nn.Sequential:
    """The trained network of a run folder, or of its best.safetensors, ready to evaluate.

    That file alone says what the network is. It takes uint8 images, or floats from 0 to 1, and
    normalizes them itself, or numbers as they were in the data that it learnt from; with
    `normalize=False` it takes what is normalized already.

    Raises NetspecError where the file is missing or damaged.
    """
    notes: list[str] = []
    _, network, reads = load(Path(path), device, notes.append)
    for note in notes:
        warnings.warn(note, stacklevel=2)
    if not normalize or reads is None:
        return network
    here = choose(device)
    mean, std = (torch.tensor(figures, device=here) for figures in (reads.mean, reads.std))
    layers: OrderedDict[str, Any] = OrderedDict(network.named_children())
    if reads.numbers:
        return Standardizing(layers, mean, std, len(reads.input)).eval()
    return Normalizing(layers, mean, std, flat=len(reads.input) == 1).eval()


def load(path: Path, device: str, note: Callable[[str], Any]) -> Loaded:
    """What a run folder, or its best.safetensors, has; `note` takes what a person has to know."""
    file = path / BEST if path.is_dir() else path
    try:
        plan, tensors, reads, sealed = _read(file)
    except SpecError as error:
        raise NetspecError(f"{file}: the spec in it is refused: {error}") from None
    except (SafetensorError, OSError, ValueError) as error:
        if not file.exists():
            raise NetspecError(f"no {file}", "a run has one after its first epoch") from None
        raise NetspecError(f"{file} is damaged: {error}", "train it again") from None
    network = build(plan, device="cpu")
    for name, wanted in network.state_dict().items():
        if tensors[name].dtype != wanted.dtype:
            raise NetspecError(f"{file}: {name} is {tensors[name].dtype}, not {wanted.dtype}")
        if not tensors[name].isfinite().all():
            raise NetspecError(f"{file}: {name} is not finite", "train it again")
    network.load_state_dict(tensors)
    if reads is None and sealed:
        note(
            f"{file} does not say how images are normalized, as weights that were imported do not: "
            "the network in it reads what is normalized already"
        )
    elif reads is None:
        note(
            f"{file} is from an earlier version: it has no digest, so damage to it goes unnoticed, "
            "and the network in it reads images that are normalized already"
        )
    return Loaded(plan, network.eval().to(choose(device)), reads)


def _read(file: Path) -> tuple[Plan, dict[str, Tensor], Reads | None, bool]:
    """What is in a file, once its parts are known to agree; ValueError where it is damaged.

    And whether it has a digest.

    The network is built after that: what it takes is then bounded by the size of the file.
    """
    if not file.is_file():
        raise FileNotFoundError
    with safe_open(file, "pt") as saved:
        metadata: Mapping[str, str] = saved.metadata() or {}
        recorded = not metadata.keys().isdisjoint({TENSORS, DIGEST, *KEYS})
        if recorded and metadata.get(DIGEST) != of_metadata(metadata):
            raise ValueError("its metadata is not what was written")
        plan = _plan(file, metadata)
        shapes = {name: saved.get_slice(name).get_shape() for name in saved.keys()}  # noqa: SIM118
        _agree(file, plan, shapes)
        tensors = {name: saved.get_tensor(name) for name in shapes}
    if not recorded:
        return plan, tensors, None, False
    if metadata.get(TENSORS) != of_tensors(tensors):
        raise ValueError("its weights are not those that were written")
    reads = None if metadata.keys().isdisjoint(KEYS) else Reads.of(metadata, plan)
    return plan, tensors, reads, True


def _plan(file: Path, metadata: Mapping[str, str]) -> Plan:
    if "spec" not in metadata:
        raise NetspecError(f"{file} has no spec in it", "netspec train writes one that has")
    return compile(parse(metadata["spec"], "spec.yaml"))


def _agree(file: Path, plan: Plan, shapes: dict[str, list[int]]) -> None:
    """Refuse weights of other names or shapes than a plan's."""
    wanted = {
        f"{leaf.name}.{name}": list(shape)
        for leaf in plan.leaves
        for name, shape in (leaf.weights | leaf.buffers).items()
    }
    for name in sorted(wanted.keys() ^ shapes.keys()):
        what = "has no" if name in wanted else "has an unknown"
        raise NetspecError(f"{file} {what} {name}", "its spec and its weights do not agree")
    for name, shape in shapes.items():
        if shape != wanted[name]:
            message = f"{file}: {name} is {shape}, its spec says {wanted[name]}"
            raise NetspecError(message, "its spec and its weights do not agree")
