"""What units depend on, as light shows it.

One bright line at a time goes through a built network, whose weights are made positive and whose
layers without reach are made the identity: where light comes out, a unit depends on that line.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import torch
from oracle import Shape, leaves_of
from torch import Tensor, nn

from netspec.network import attention, leaves, modules


class Factor(NamedTuple):
    """What stands where in the tensor that a factor is multiplied with."""

    along: list[int | None]
    """For each spatial axis of the input, the axis that units stand along."""
    others: list[int | None]
    """Likewise in the factor."""
    channels: int


class Place(NamedTuple):
    """What stands where in the tensor that a leaf or a joint reads."""

    channels: int
    factors: list[Factor]
    """Of a gate."""


Places = dict[str, Place]
"""By the names of leaves and joints."""


def reads(
    network: nn.Module,
    names: list[str],
    shape: Shape,
    places: Places,
    only: dict[str, int] | None = None,
    note: Note | None = None,
) -> dict[str, Tensor]:
    """For every leaf, whether each element depends on each line of the input.

    Booleans of (lines, *output): the lines of the first spatial axis, then of the next. `only`
    names joints, and the one path through each that is open; `note` is told whether there is light
    in the sources of a graph's nodes.
    """
    optical(network, {name: place.channels for name, place in places.items()})
    gates = {name: place for name, place in places.items() if place.factors}
    for name, place in gates.items():
        gate = network.get_submodule(name)
        path = (only or {}).get(name)
        bodies = list(gate.children())
        gate.forward = partial(_gate, bodies, place.factors, shape, path)  # type: ignore[method-assign]
    known = dict(network.named_modules())
    for name, graph in known.items():
        if isinstance(graph, modules.Graph):
            graph.forward = partial(_graph, graph, name, only or {}, note)  # type: ignore[method-assign]
    for name, chosen in (only or {}).items():
        if name in known and name not in gates:
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


Note = Callable[[str, int, Tensor], None]


def _graph(
    graph: modules.Graph, name: str, only: dict[str, int], note: Note | None, x: Tensor
) -> Tensor:
    """Sources of a node are joints of their own; a product is bright where any factor is."""
    found = {"input": x}
    for node, (reads, join) in graph.wires.items():
        sources = [found[one] for one in reads]
        if len(sources) > 1:
            for i, y in enumerate(sources):
                if note and i == reads.index(reads[i]):
                    note(f"{name}:{node}", i, y)
                sources[i] = y * (only.get(f"{name}:{node}", i) == i)
        y = torch.cat(sources, 1) if join == "concat" else torch.stack(sources).sum(0)
        found[node] = graph.get_submodule(node)(y)
    return found[node]


def _shut(forward: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return forward(x) * 0


def _gate(
    bodies: list[nn.Module], places: list[Factor], shape: Shape, path: int | None, x: Tensor
) -> Tensor:
    """A factor carries data along an axis where it has all of the product's units.

    Spread, it only does where there is something else to see.
    """
    first, *factors = [x] * (len(bodies) == 1) + [body(x) for body in bodies]
    product = first * (path in (None, 0))
    for i, (y, place) in enumerate(zip(factors, places, strict=True), 1):
        spread = {
            k for k, n in enumerate(first.shape[1:])
            if n != y.shape[k + 1] and (k != place.channels or k in place.others)
        }  # fmt: skip
        ends = zip(place.along, place.others, strict=True)
        paths = [not spread & {a, b} for a, b in ends]
        weights = [float(path) for path, n in zip(paths, shape[1:], strict=True) for _ in range(n)]
        factor = y * torch.tensor(weights, dtype=x.dtype).view(-1, *[1] * (y.dim() - 1))
        channels = place.channels + 1
        if spread:
            seen = product if path is None else first
            factor = factor * (seen > 0).any(0, keepdim=True).any(channels, keepdim=True)
        product = product + factor * (path in (None, i))
    return product


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


def optical(network: nn.Module, channels: dict[str, int]) -> None:
    """Make light go through a network: the paths that carry data stay, all else is transparent.

    `channels` says for leaves along which axis of a sample channels stand, where not the first.
    """
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if "bias" in name.rpartition(".")[2]:
                tensor.zero_()
            else:
                drawn = torch.rand(tensor.shape, generator=generator, dtype=tensor.dtype)
                tensor.copy_(drawn + 0.5)
    for name, module in network.named_modules():
        if change := _change(module, channels.get(name, 0) + 1):
            module.forward = change  # type: ignore[method-assign]


def _change(module: nn.Module, channels: int) -> Callable[..., Tensor] | None:
    """What a module does with light, where channels stand along axis `channels` of a batch."""
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
        case nn.PixelShuffle() | nn.PixelUnshuffle() | nn.ChannelShuffle():
            return lambda x: forward(_blended(x, [1]))
        case _ if getattr(module, "groups", 1) > 1:
            return lambda x: forward(_blended(x, [1]))
        case leaves.Permute():
            return lambda x: forward(_blended(x, [channels]))
        case nn.Unflatten(dim=dim, unflattened_size=sizes):
            return partial(_unflattened, forward, dim, sizes, channels)
        case attention.SelfAttention():
            return partial(_attended, module)
        case attention.ClassToken() | attention.PositionEmbedding():
            module.weight.data.zero_()
        case leaves.Affine():
            return lambda x: x
        case leaves.Slice() | leaves.Select() | leaves.Mean():
            return partial(_cut, module, forward, channels)
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


def _attended(module: nn.MultiheadAttention, x: Tensor) -> Tensor:
    """Attention of all to all alike."""
    width = module.embed_dim
    assert module.in_proj_weight is not None
    values = x @ module.in_proj_weight[2 * width :].T
    return module.out_proj(values.mean(1, keepdim=True).expand_as(x))


def _cut(module: Any, forward: Callable[[Tensor], Tensor], channels: int, x: Tensor) -> Tensor:
    """Channels count together: those that are kept have the light of all, and so has what an axis
    becomes that is the first one then."""
    dims = [module.dim] if isinstance(module.dim, int) else module.dim
    if channels - 1 not in [dim % (x.dim() - 1) for dim in dims]:
        return forward(x)
    y = forward(_blended(x, [channels]))
    return _blended(y, [1]) if y.dim() < x.dim() else y


def _unflattened(
    forward: Callable[[Tensor], Tensor], dim: int, sizes: Shape, channels: int, x: Tensor
) -> Tensor:
    """The first new axis of positions stays one; those behind it count together, as channels do."""
    dim %= x.dim()
    if dim == channels:
        return forward(_blended(x, [channels]))
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


def centre(light: Tensor, shape: Shape, along: list[int | None]) -> list[tuple[int, int] | None]:
    """For each spatial axis, the first and last line that the unit in the middle reads.

    `along` has the axes of the output that units stand along.
    """
    for axis in sorted({a for a in along if a is not None}):
        middle = light.shape[axis + 1] // 2
        light = light.narrow(axis + 1, middle, 1)
    ends, start = [], 0
    for n in shape[1:]:
        lit = [i for i in range(n) if light[start + i].any()]
        ends.append((lit[0], lit[-1]) if lit else None)
        start += n
    return ends


MOST_WAYS = 2048
"""Ways through a network that are looked at."""


def dark_path(
    make_network: Callable[[], nn.Module],
    names: list[str],
    shape: Shape,
    places: Places,
    is_dark: Callable[[dict[str, Tensor]], bool],
) -> bool:
    """Whether some way through the network, along paths that each carry light, leaves a place dark.

    What a join of such paths reads is told per axis, which is more than what is true of all axes
    together. A path without any light adds nothing, and is no excuse.
    """
    network = make_network()
    alive = _alive(network, shape, places)
    if math.prod(map(len, alive.values())) > MOST_WAYS:
        return False
    ways = (dict(zip(alive, choice, strict=True)) for choice in product(*alive.values()))
    return any(is_dark(reads(make_network(), names, shape, places, way)) for way in ways)


def _alive(network: nn.Module, shape: Shape, places: Places) -> dict[str, list[int]]:
    """The paths of each joint that carry light; all where none does."""
    lit: dict[str, dict[int, bool]] = {}
    gates = {name for name, place in places.items() if place.factors}

    def note(name: str, path: int, y: Tensor) -> None:
        lit.setdefault(name, {})[path] = bool((y > 0).any())

    def hook(name: str, path: int, module: nn.Module, given: Any, y: Tensor) -> None:
        note(name, path, y)

    for name, joint in network.named_modules():
        if isinstance(joint, modules.Paths) and not isinstance(joint, modules.Graph):
            beside = name in gates and len(list(joint.children())) == 1
            for i, path in enumerate(joint.children(), int(beside)):
                path.register_forward_hook(partial(hook, name, i))
            if beside:
                joint.register_forward_pre_hook(
                    lambda module, given, name=name: note(name, 0, given[0])
                )
    reads(network, [], shape, places, note=note)
    return {
        name: [path for path, bright in sorted(paths.items()) if bright] or sorted(paths)
        for name, paths in lit.items()
    }
