"""The effective receptive field: what of the input the centre units of a network make use of.

It is the mean over real images of the absolute gradient of a layer's centre unit with respect to
the input as the network reads it, summed over the input's channels. The channels of the unit are
added with a sign drawn for each image, since those of a softmax or a norm over channels sum up to
a constant. Luo, Li, Urtasun and Zemel, Understanding the Effective Receptive Field in Deep
Convolutional Neural Networks, 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from netspec.compiler.local import sizes
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError, nearest
from netspec.flow.flow import Flow
from netspec.layers.roles import Group, Move
from netspec.network.build import build
from netspec.runner.after.trained import Trained
from netspec.runner.data.images import Feed
from netspec.runner.machine.determinism import deterministic
from netspec.runs.effective import SHARES, Effective, EffectiveFields, Gradient, Within

IMAGES = 100
_BATCH, _MEMORY = 100, 2**29
"""Images at once: so many, and what autograd keeps of them stays below these bytes."""

Batches = Callable[[], Iterator[Tensor]]


@dataclass(frozen=True, slots=True)
class Heat:
    """Two maps of one layer, over the spatial axes of the input."""

    layer: Effective
    middle: Sequence[float]
    """Of the exact field."""
    before: Tensor
    after: Tensor


def effective(
    run: Trained, images: Feed, nodes: Sequence[Node], count: int, picture: Path
) -> tuple[EffectiveFields, list[Heat]]:
    """The effective fields of some layers, before training and after.

    The weights before training are those that the seed makes. Images are `count` of those given,
    spread evenly over them; `picture` is where the maps are going to be drawn.
    """
    here, n = images.to(run.device), len(images)
    count = min(count, n)
    prepare = run.prepare(here)
    picks = torch.arange(count) * n // count
    size = max(min(_BATCH, _MEMORY // max(run.plan.totals.training_bytes, 1)), 1)

    def batches() -> Iterator[Tensor]:
        yield from (prepare(pixels) for pixels, _ in here.batches(torch.split(picks, size)))

    untrained = build(run.plan, str(run.device), run.train.seed)
    with deterministic(run.train.deterministic, run.device):
        before, after = (gradients(net, nodes, batches) for net in (untrained, run.network))
    found = []
    for node, old, new in zip(nodes, before, after, strict=True):
        field, middle = exact(node.output, run.plan.input[1:])
        about = Effective(
            node.name, node.kind, node.output.shape, sizes(node.output.axes), node.output.seen,
            int(field.sum()), node.output.global_context,
            *(spread(heat, field, middle) for heat in (old, new)),
        )  # fmt: skip
        found.append(Heat(about, middle, old, new))
    layers = [one.layer for one in found]
    return EffectiveFields(count, run.plan.input, layers, picture.as_posix()), found


def chosen(plan: Plan, names: Sequence[str]) -> list[Node]:
    """The layers of these names; without any, the last of each resolution that computes anything.

    The last layer where none has more than one position. Raises UsageError for an unknown name, and
    where the input has no spatial axes.
    """
    if len(plan.input) == 1:
        message = f"{plan.name} reads {plan.input[0]:,} numbers in a row"
        raise UsageError(
            f"{message}: without rows and columns no unit has a receptive field",
            "a network whose input is [C, *spatial] has",
        )
    known = {node.name: node for node in plan.root.nodes() if node.name}
    for name in names:
        if name not in known:
            some = ", ".join(node.name for node in chosen(plan, []))
            hint = nearest(name, known) or f"it has {some} and more"
            raise UsageError(f"{plan.name} has no layer '{name}'", hint)
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    last: dict[tuple[int, ...], Node] = {}
    for node in _ended(plan.root):
        stands = [axis.along for axis in node.output.axes]
        apart = len({*stands, node.output.channels}) > len(stands)
        still = isinstance(node.role, Move) or node.passes(training=False)
        if node.output.local and apart and not still:
            resolution = tuple(axis.units.count for axis in node.output.axes)
            last.pop(resolution, None)
            last[resolution] = node
    return [*last.values()] or plan.leaves[-1:]


def _ended(node: Node) -> Iterator[Node]:
    """The layers and joins in a node, in the order in which they are done."""
    for child in node.children:
        yield from _ended(child)
    if not isinstance(node.role, Group):
        yield node


def gradients(network: nn.Module, nodes: Sequence[Node], batches: Batches) -> list[Tensor]:
    """The mean absolute gradient of each node's centre unit: (*spatial) in float64, on the CPU."""
    ends: dict[str, Tensor] = {}
    totals: dict[str, Tensor] = {}
    chances = {node.name: torch.Generator().manual_seed(0) for node in nodes}
    count = 0

    def keep(node: Node, module: nn.Module, given: object, y: Tensor) -> None:
        # Taken here, since the next layer may write over it.
        ends[node.name] = _signed(centre(node.output, y), chances[node.name])

    hooks = [
        network.get_submodule(node.name).register_forward_hook(partial(keep, node))
        for node in nodes
    ]
    network.eval()
    try:
        for pixels in batches():
            x = pixels.detach().requires_grad_()
            count += len(x)
            with torch.enable_grad():
                network(x * 1)  # what reads it may write over it
            for i, (name, end) in enumerate(ends.items(), 1):
                # Summed where it is, which may be a device without float64.
                heat = _gradient(end, x, more=i < len(ends)).abs().sum((0, 1)).cpu().double()
                totals[name] = totals[name] + heat if name in totals else heat
    finally:
        for hook in hooks:
            hook.remove()
    return [totals[node.name] / count for node in nodes]


def centre(flow: Flow, y: Tensor) -> Tensor:
    """Of (N, *), what stands at the unit in the middle of each axis: index n // 2."""
    for along in {axis.along for axis in flow.axes if axis.along is not None}:
        middle = y.shape[along + 1] // 2
        y = y.narrow(along + 1, middle, 1)
    return y


def _signed(y: Tensor, chance: torch.Generator) -> Tensor:
    signs = torch.randint(0, 2, y.shape, generator=chance) * 2 - 1
    return (y * signs.to(y)).sum()


def _gradient(end: Tensor, x: Tensor, more: bool) -> Tensor:
    if not end.requires_grad:  # nothing of it depends on the input
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(end, x, retain_graph=more, allow_unused=True)
    return torch.zeros_like(x) if found is None else found


def exact(flow: Flow, shape: Sequence[int]) -> tuple[Tensor, list[float]]:
    """Whether the centre unit reads each pixel, and the middle of its field for each axis."""
    field, middle = torch.ones((), dtype=torch.bool), []
    for axis, n in zip(flow.axes, shape, strict=True):
        unit = axis.units.count // 2
        mask, first = axis.units.mask(unit), axis.units.first[unit]
        line = torch.tensor([p >= first and bool(mask >> (p - first) & 1) for p in range(n)])
        field = field[..., None] & line
        lo, hi = (axis.field and axis.field.at(unit)) or axis.units.seen(unit) or (0, n - 1)
        middle.append((lo + hi) / 2)
    return field, middle


def spread(heat: Tensor, field: Tensor, middle: Sequence[float]) -> Gradient:
    """How a map lies around the middle of an exact field."""
    total = float(heat.sum())
    if not 0 < total < float("inf"):
        return Gradient([], None)
    away = torch.zeros(())
    for n, at in zip(heat.shape, middle, strict=True):
        away = torch.maximum(away[..., None], (torch.arange(n) - at).abs())
    near, order = away.flatten().sort(stable=True)
    around = heat.flatten()[order].cumsum(0)
    most = heat.flatten().sort(descending=True).values.cumsum(0)
    within = []
    for share in SHARES:
        i = int((around >= share * around[-1]).nonzero()[0])
        pixels = int((most >= share * most[-1]).nonzero()[0]) + 1
        within.append(Within(share, int(2 * near[i]) + 1, pixels))
    return Gradient(within, float(heat[~field].sum()) / total)
