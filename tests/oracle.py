"""What torch itself says about a spec: a second reading of it.

All that it takes from netspec is which lists of a composite are its paths, and the torch module
that puts them together.
"""

from __future__ import annotations

import inspect
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

import torch
import torchvision
from pydantic import ValidationError
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from netspec import layers
from netspec.layers.base import Composite
from netspec.network import attention, leaves

BATCH = 2
HOMES = leaves, attention, nn, torchvision.ops
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
INFERRED = {"in_channels": 1, "in_features": -1, "num_features": 1, "num_channels": 1,
            "embed_dim": -1}  # fmt: skip
"""Arguments that a spec leaves out, and the axis of the batch whose length they are."""

Shape = tuple[int, ...]
Path = tuple[Any, ...]


class Refused(Exception):
    """Torch refuses a layer; `path` is where the spec has it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path


@dataclass
class Reading:
    """What torch made of a spec: leaves in execution order, tensors of the state by name."""

    leaves: list[tuple[str, str, Shape]] = field(default_factory=list)
    parameters: dict[str, Shape] = field(default_factory=dict)
    buffers: dict[str, Shape] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)


def read(spec: dict[str, Any]) -> Reading:
    """What torch makes of a spec without variables and blocks; Refused where it raises."""
    reading = Reading()
    x = torch.rand(BATCH, *spec["input"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # What torch will refuse soon: dropout of channels on axes that are none.
        warnings.filterwarnings("error", "dropout.d: Received a .-D input")
        _run(spec["layers"], ("layers",), x, "", reading)
    return reading


def _run(entries: list[Any], path: Path, x: Tensor, prefix: str, reading: Reading) -> Tensor:
    for i, entry in enumerate(entries):
        given = entry if isinstance(entry, dict) else {entry: None}
        kind = next(key for key in given if key != "name")
        name = prefix + str(given.get("name", i))
        at = (*path, i) if isinstance(entry, str) else (*path, i, kind)
        model = layers.find(kind)
        if model and issubclass(model, Composite):
            x = _composite(model, kind, given[kind], at, x, name, reading)
        else:
            x = _leaf(kind, given[kind], at, x, name, reading)
    return x


def _leaf(kind: str, given: Any, at: Path, x: Tensor, name: str, reading: Reading) -> Tensor:
    try:
        if kind[-2:] == f"{x.dim() - 1}d" and kind != "BatchNorm1d":
            raise ValueError("the batch would be taken for channels")
        layer = make(kind, given, x)
        trained = layer.train()(x.detach().clone().requires_grad_(x.requires_grad) * 1)
        if isinstance(trained, Tensor) and trained.requires_grad:
            trained.sum().backward()
        y = layer.eval()(x.clone())
        if not isinstance(y, Tensor):
            raise TypeError("more than one tensor comes out")
        if y.shape[0] != BATCH:
            raise ValueError("the batch axis is gone")
        if y.dim() < 2:
            raise ValueError("no axis of the sample is left")
        if y.numel() == 0:
            raise ValueError("nothing is left")
    except Exception as error:
        raise Refused(at, f"{kind}: {error}") from error
    reading.leaves.append((name, kind, tuple(y.shape[1:])))
    reading.paths.append(at)
    for kept, tensors in (
        (reading.parameters, layer.named_parameters()), (reading.buffers, kept_buffers(layer)),
    ):  # fmt: skip
        kept |= {f"{name}.{key}": tuple(tensor.shape) for key, tensor in tensors}
    return y


def kept_buffers(network: nn.Module) -> list[tuple[str, Tensor]]:
    """Buffers by name, those that are not in the state_dict left out."""
    state = network.state_dict()
    return [(name, buffer) for name, buffer in network.named_buffers() if name in state]


def make(kind: str, given: Any, x: Tensor) -> nn.Module:
    """The torch module of an entry: its arguments, and those that the input tells."""
    made = next(getattr(home, kind) for home in HOMES if hasattr(home, kind))
    parameters = inspect.signature(made).parameters
    accepted = list(parameters)
    inferred = {name: x.shape[axis] for name, axis in INFERRED.items() if name in accepted}
    names = [name for name in accepted if name not in (*inferred, "device", "dtype")]
    if kind == "PositionEmbedding":
        names.remove("shape")
    if given is None:
        given = {}
    elif kind == "Permute" and isinstance(given, list) and not isinstance(given[0], list):
        given = {"dims": given}
    elif not isinstance(given, dict):
        values = given if isinstance(given, list) else [given]
        ordered = [name for name in names if parameters[name].kind is not KEYWORD_ONLY]
        if len(values) > len(ordered):
            raise TypeError(f"{kind} takes {len(ordered)} arguments")
        given = dict(zip(ordered, values, strict=False))
    if "normalized_shape" in names and given.get("normalized_shape") is None:
        given = given | {"normalized_shape": x.shape[1:]}
    if kind == "PositionEmbedding":
        inferred = {"shape": x.shape[1:]}
        given.pop("shape", None)
    if "dim" in names and kind in ("Softmax", "LogSoftmax", "Softmin"):
        given = {"dim": 1} | given
    if kind == "Scale" and -x.dim() < given.get("dim", 0) < x.dim() - 1:
        inferred = {"num_features": x[0].shape[given.get("dim", 0)]}
    module = made(**inferred, **{name: _plain(value, name, kind) for name, value in given.items()})
    assert isinstance(module, nn.Module)
    return module


def _plain(value: Any, name: str, kind: str) -> Any:
    """A list as torch takes it; one number may stand in a list or alone."""
    if name == "unflattened_size" and isinstance(value, int):
        return (value,)
    if not isinstance(value, list):
        return value
    alone = len(value) == 1 and kind.endswith("1d") and "Pad" not in kind
    return value[0] if alone else tuple(value)


class _Path(nn.Module):
    """Runs a list of entries as a child of a composite."""

    def __init__(self, run: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.forward = run


def _composite(
    model: type[Composite], kind: str, given: Any, at: Path, x: Tensor, name: str, reading: Reading
) -> Tensor:
    """What the torch module of a composite makes of the paths that are written."""
    written = isinstance(given, dict) and not model.mapped
    by_name = given if written else {model.whole: given}
    children: OrderedDict[str, nn.Module] = OrderedDict()
    try:
        bodies = model.parse(kind, by_name).bodies()
    except ValidationError as error:
        raise Refused(at, f"{kind}: {error}") from error
    for path, child in bodies.items():
        first, *rest = path
        entries = by_name.get(first, [])
        for part in rest:
            entries = entries[part]
        where = (*at, *(path if written else rest))
        if isinstance(entries, dict):
            entries, where = entries.get("layers", []), (*where, "layers")
        prefix = f"{name}." if child is None else f"{name}.{child}."

        def run(
            x: Tensor, entries: Any = entries, where: Path = where, prefix: str = prefix
        ) -> Tensor:
            return _run(entries, where, x, prefix, reading)

        children[child or "0"] = _Path(run)
    more = {"wires": _wires(given)} if model.mapped else {}
    made = getattr(import_module(model.module), kind)(children, **more)
    try:
        y = made(x)
    except RuntimeError as error:
        raise Refused(at, f"{kind}: {error}") from error
    assert isinstance(y, Tensor)
    return y


def _wires(given: dict[str, Any]) -> dict[str, tuple[list[str], str | None]]:
    """What each node of a graph reads, as it is written."""
    wires = {}
    for name, node in given.items():
        sources = node.get("from", "input") if isinstance(node, dict) else "input"
        reads = [sources] if isinstance(sources, str) else sources
        wires[name] = (reads, node.get("join") if isinstance(node, dict) else None)
    return wires


def leaves_of(network: nn.Module, names: list[str]) -> Iterator[tuple[str, nn.Module]]:
    """The modules of leaves by name."""
    known = dict(network.named_modules())
    return ((name, known[name]) for name in names)


def shapes_and_flops(
    network: nn.Module, names: list[str], shape: Shape
) -> tuple[dict[str, Shape], int]:
    """Output shape of every leaf for one sample, and the operations torch counts for it."""
    found: dict[str, Shape] = {}

    def keep(name: str, module: nn.Module, given: Any, y: Tensor) -> None:
        found[name] = tuple(y.shape[1:])

    hooks = [m.register_forward_hook(partial(keep, name)) for name, m in leaves_of(network, names)]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.empty(BATCH, *shape, device="meta"))
    for hook in hooks:
        hook.remove()
    return found, counter.get_total_flops() // BATCH
