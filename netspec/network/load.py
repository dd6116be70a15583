"""A trained network from the file that a run leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, SpecError
from netspec.network.build import build
from netspec.network.device import choose
from netspec.source import parse

BEST = "best.safetensors"


def load_run(path: str | os.PathLike[str], device: str = "auto") -> nn.Sequential:
    """The trained network of a run folder, or of its best.safetensors, ready to evaluate.

    That file alone says what the network is. Raises NetspecError where it is missing or damaged.
    """
    return load(Path(path), device)[1]


def load(path: Path, device: str) -> tuple[Plan, nn.Sequential]:
    """The plan and the network of a run folder, or of its best.safetensors."""
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
