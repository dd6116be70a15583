"""What torch itself says about a spec: a second reading of it that shares nothing with netspec.

`read` runs torch's own classes on real tensors, straight from the spec's data. `reads` sends one
bright line at a time through a built network, whose weights are made positive and whose layers
without reach are made the identity: where light comes out, a unit depends on that line.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from netspec.runtime import modules

BATCH = 2
INFERRED = {"in_channels": 1, "in_features": -1, "num_features": 1, "num_channels": 1}
"""Arguments that a spec leaves out, and the axis of the batch whose length they are."""

COMPOSITES = ("Sequential", "Residual", "Concat", "Gate")

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
        if kind in COMPOSITES:
            x = _composite(kind, given[kind], at, x, name, reading)
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
        if y.numel() == 0:
            raise ValueError("nothing is left")
    except Exception as error:
        raise Refused(at, f"{kind}: {error}") from error
    reading.leaves.append((name, kind, tuple(y.shape[1:])))
    reading.paths.append(at)
    for kept, tensors in (
        (reading.parameters, layer.named_parameters()), (reading.buffers, layer.named_buffers()),
    ):  # fmt: skip
        kept |= {f"{name}.{key}": tuple(tensor.shape) for key, tensor in tensors}
    return y


def make(kind: str, given: Any, x: Tensor) -> nn.Module:
    """The torch module of an entry: its arguments, and those that the input tells."""
    home = nn if hasattr(nn, kind) else torchvision.ops
    made = getattr(home, kind)
    accepted = list(inspect.signature(made).parameters)
    inferred = {name: x.shape[axis] for name, axis in INFERRED.items() if name in accepted}
    names = [name for name in accepted if name not in (*inferred, "device", "dtype")]
    if given is None:
        given = {}
    elif not isinstance(given, dict):
        values = given if isinstance(given, list) else [given]
        if len(values) > len(names):
            raise TypeError(f"{kind} takes {len(names)} arguments")
        given = dict(zip(names, values, strict=False))
    if "normalized_shape" in names and given.get("normalized_shape") is None:
        given = given | {"normalized_shape": x.shape[1:]}
    if "dim" in names and kind in ("Softmax", "LogSoftmax", "Softmin"):
        given = {"dim": 1} | given
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


def _composite(kind: str, given: Any, at: Path, x: Tensor, name: str, reading: Reading) -> Tensor:
    def body(entries: list[Any], *where: Any) -> Tensor:
        child = f"{name}.{where[-1] if kind == 'Concat' else where[0]}" if where else name
        inside = where if isinstance(given, dict) or kind == "Concat" else ()
        return _run(entries, (*at, *inside), x, f"{child}.", reading)

    match kind:
        case "Sequential":
            return body(given)
        case "Residual":
            y, z = body(given["body"], "body"), body(given.get("shortcut", []), "shortcut")
            if y.shape != z.shape:
                raise Refused(at, "the paths do not meet")
            return y + z
        case "Gate":
            y = body(given, "body")
            fits = y.dim() == x.dim() and (x * y).shape == x.shape if _spreads(x, y) else False
            if not fits:
                raise Refused(at, "the factor does not spread over the input")
            return x * y
        case "Concat":
            branches = [body(branch, i) for i, branch in enumerate(given)]
            try:
                return torch.cat(branches, dim=1)
            except RuntimeError as error:
                raise Refused(at, str(error)) from error
    raise NotImplementedError(kind)


def _spreads(x: Tensor, y: Tensor) -> bool:
    return all(b in (1, a) for a, b in zip(x.shape, y.shape, strict=False))


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


Gates = dict[str, list[int | None]]
"""For each gate by name, and each spatial axis of the input, the axis its units stand along."""


def reads(
    network: nn.Module,
    names: list[str],
    shape: Shape,
    gates: Gates,
    only: dict[str, int] | None = None,
) -> dict[str, Tensor]:
    """For every leaf, whether each element depends on each line of the input.

    Booleans of (lines, *output): the lines of the first spatial axis, then of the next. `only`
    names joints, and the one path through each that is open.
    """
    optical(network)
    for name, along in gates.items():
        gate = network.get_submodule(name)
        path = (only or {}).get(name)
        gate.forward = partial(_gate, gate.body, along, shape, path)  # type: ignore[method-assign]
    for name, chosen in (only or {}).items():
        if name not in gates:
            for i, branch in enumerate(network.get_submodule(name).children()):
                if i != chosen:
                    branch.forward = partial(_shut, branch.forward)  # type: ignore[method-assign]
    bright = lines(shape)
    found: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module, given: Any, y: Tensor) -> None:
        found[name] = y > 0

    hooks = [m.register_forward_hook(partial(keep, name)) for name, m in leaves_of(network, names)]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.eval()
        found[""] = network(bright) > 0
    for hook in hooks:
        hook.remove()
    return found


def _shut(forward: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return forward(x) * 0


def _gate(
    body: nn.Module, along: list[int | None], shape: Shape, path: int | None, x: Tensor
) -> Tensor:
    """A factor carries data along an axis where it has all of the input's units."""
    y = body(x)
    paths = [a is None or y.shape[a + 1] == x.shape[a + 1] for a in along]
    weights = [float(path) for path, n in zip(paths, shape[1:], strict=True) for _ in range(n)]
    factor = y * torch.tensor(weights, dtype=x.dtype).view(-1, *[1] * (x.dim() - 1))
    return x * (path != 1) + factor * (path != 0)


def lines(shape: Shape) -> Tensor:
    """One sample for each line of each spatial axis: 1 along it and 0 elsewhere."""
    bright = torch.zeros(sum(shape[1:]), *shape, dtype=torch.float64)
    k = 0
    for axis, n in enumerate(shape[1:], 1):
        for i in range(n):
            bright[k].select(axis, i).fill_(1)
            k += 1
    return bright


# Modules whose units read their own position alone, by the file of torch that defines them.
_STILL = {"activation", "dropout", "batchnorm", "instancenorm", "normalization", "stochastic_depth"}


def optical(network: nn.Module) -> None:
    """Make light go through a network: the paths that carry data stay, all else is transparent."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if name.rpartition(".")[2] == "bias":
                tensor.zero_()
            else:
                drawn = torch.rand(tensor.shape, generator=generator, dtype=tensor.dtype)
                tensor.copy_(drawn + 0.5)
    for module in network.modules():
        if change := _change(module):
            module.forward = change  # type: ignore[method-assign]


def _change(module: nn.Module) -> Callable[..., Tensor] | None:
    forward = module.forward
    home = type(module).__module__.rpartition(".")[2]
    match module:
        case nn.Softmax() | nn.LogSoftmax() | nn.Softmin():
            return lambda x: x.mean(module.dim, keepdim=True).expand_as(x)
        case nn.GLU():
            return lambda x: sum(x.chunk(2, module.dim))
        case nn.Upsample(mode="bicubic"):
            return lambda x: forward(x).abs()
        # Channels count together: before they become positions, each gets the light of all.
        case nn.PixelShuffle():
            return lambda x: forward(_blended(x, [1]))
        case nn.Unflatten(dim=dim, unflattened_size=sizes):
            return partial(_unflattened, forward, dim, sizes)
    if home in _STILL:
        return lambda x: x
    if home == "pooling":
        if "Max" in type(module).__name__:
            # A window over nothing but padding gives -inf.
            return lambda x: forward(x).clamp(min=0)
        if hasattr(module, "norm_type"):
            module.norm_type = 1
    if home == "padding" and hasattr(module, "value"):
        module.value = 0
    return None


def _blended(x: Tensor, axes: list[int]) -> Tensor:
    return x.mean(axes, keepdim=True).expand_as(x)


def _unflattened(forward: Callable[[Tensor], Tensor], dim: int, sizes: Shape, x: Tensor) -> Tensor:
    """The first new axis of positions stays one; those behind it count together, as channels do."""
    dim %= x.dim()
    if dim == 1:
        return forward(_blended(x, [1]))
    y = forward(x)
    new = range(dim, dim + len(sizes))
    first = next((axis for axis in new if y.shape[axis] > 1), dim)
    behind = [axis for axis in new if axis > first]
    return _blended(y, behind) if behind else y


def masks(light: Tensor, shape: Shape, axis: int, along: int | None) -> list[int]:
    """Bits of the lines of a spatial axis (from 1) that each unit along an output axis reads."""
    start = sum(shape[1:axis])
    found = light[start : start + shape[axis]]
    rest = [i for i in range(1, found.dim()) if along is None or i != along + 1]
    bright = found.amax(rest) if rest else found
    if along is None:
        bright = bright.unsqueeze(1)
    columns: list[list[bool]] = bright.T.tolist()
    return [sum(1 << i for i, lit in enumerate(column) if lit) for column in columns]


def dark_path(
    make_network: Callable[[], nn.Module], names: list[str], shape: Shape, gates: Gates, leaf: str
) -> bool:
    """Whether some way through the network leaves a leaf dark: it reads nothing but padding.

    Per axis, what is known of such a way is more than what is true of all its axes together.
    """
    network = make_network()
    joints = {
        name: 2 if name in gates else len(list(module.children()))
        for name, module in network.named_modules()
        if isinstance(module, modules.Residual | modules.Concat | modules.Gate)
    }
    if math.prod(joints.values()) > 256:
        return False
    choices = product(*map(range, joints.values()))
    ways = (dict(zip(joints, choice, strict=True)) for choice in choices)
    return any(not reads(make_network(), names, shape, gates, way)[leaf].any() for way in ways)
