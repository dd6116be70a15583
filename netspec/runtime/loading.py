"""A trained network from its run, and images as it learnt to read them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from netspec import runs
from netspec.compiler import compile
from netspec.diagnostic import Fault, NetspecError, SpecError
from netspec.plan import Plan
from netspec.runtime.build import build
from netspec.runtime.device import choose
from netspec.runtime.images import Feed
from netspec.runtime.prepare import Prepare
from netspec.source import parse
from netspec.training import Train

BEST = "best.safetensors"


def load_run(path: str | os.PathLike[str], device: str = "auto") -> nn.Sequential:
    """The trained network of a run folder, or of its best.safetensors, ready to evaluate.

    That file alone says what the network is. Raises NetspecError where it is missing or damaged.
    """
    return _network(Path(path), device)[1]


@dataclass(frozen=True, slots=True)
class Trained:
    folder: Path
    plan: Plan
    network: nn.Sequential
    train: Train
    device: torch.device
    classes: tuple[str, ...]
    mean: list[float]
    std: list[float]

    def prepare(self, images: Feed) -> Prepare:
        """What normalizes images of this kind as training did."""
        data = self.train.data.model_copy(update={"mean": self.mean, "std": self.std})
        try:
            return Prepare(data, images, self.plan.input, device=self.device)
        except Fault as fault:
            raise NetspecError(f"{self.folder}: {fault.message}", fault.help) from None


def open_run(folder: Path, device: str = "auto") -> Trained:
    """A run with its best weights and with what was recorded of its data."""
    plan, network = _network(folder, device)
    if plan.spec.train is None:
        raise NetspecError(f"{folder / BEST} does not say how it was trained")
    facts = runs.environment(folder)
    classes = _list(facts.get("classes"), str)
    mean, std = (_list(facts.get(key), float) for key in ("mean", "std"))
    if (len(classes),) != plan.output or not mean or len(mean) != len(std):
        message = f"{folder / 'environment.json'} does not say which classes and pixels it learnt"
        raise NetspecError(message, "train it again")
    place = choose(device)
    return Trained(folder, plan, network, plan.spec.train, place, tuple(classes), mean, std)


def _network(path: Path, device: str) -> tuple[Plan, nn.Sequential]:
    file = path / BEST if path.is_dir() else path
    try:
        plan, tensors = _read(file)
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
    return plan, network.eval().to(choose(device))


def _read(file: Path) -> tuple[Plan, dict[str, Tensor]]:
    """The plan and the weights in a file, once their names and shapes are known to agree.

    The network is built after that: what it takes is then bounded by the size of the file.
    """
    if not file.is_file():
        raise FileNotFoundError
    with safe_open(file, "pt") as saved:
        spec = (saved.metadata() or {}).get("spec")
        if spec is None:
            raise NetspecError(f"{file} has no spec in it", "netspec train writes one that has")
        plan = compile(parse(spec, "spec.yaml"))
        wanted = {
            f"{leaf.name}.{name}": list(shape)
            for leaf in plan.leaves
            for name, shape in (leaf.weights | leaf.buffers).items()
        }
        shapes = {name: saved.get_slice(name).get_shape() for name in saved.keys()}  # noqa: SIM118
        for name in sorted(wanted.keys() ^ shapes.keys()):
            what = "has no" if name in wanted else "has an unknown"
            raise NetspecError(f"{file} {what} {name}", "its spec and its weights do not agree")
        for name, shape in shapes.items():
            if shape != wanted[name]:
                message = f"{file}: {name} is {shape}, its spec says {wanted[name]}"
                raise NetspecError(message, "its spec and its weights do not agree")
        return plan, {name: saved.get_tensor(name) for name in shapes}


def _list(value: Any, kind: type) -> list[Any]:
    """The value where it is a list of that kind, else an empty one."""
    fits = isinstance(value, list) and all(isinstance(one, kind) for one in value)
    return value if fits else []
