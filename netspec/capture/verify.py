"""Whether a network that was built computes what the module does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from netspec.capture.nodes import Node, Trouble
from netspec.capture.trouble import CaptureError
from netspec.capture.values import Op, Place
from netspec.compiler.plan import Plan

TOLERANCE = 1e-4
"""Of the largest number that comes out: sums are regrouped, and rounding adds up with depth."""
_SAMPLED = 2048
_UNSEEN = "what is written in place through a view is not followed; else report it"


class Print(NamedTuple):
    """Some of the numbers of a tensor, evenly spread."""

    shape: tuple[int, ...]
    values: Tensor

    @classmethod
    def of(cls, tensor: Tensor) -> Print:
        """The numbers of a tensor that are looked at."""
        flat = tensor.detach().reshape(-1)
        return cls(tuple(tensor.shape), flat[:: max(1, flat.numel() // _SAMPLED)].clone())

    def differs(self, other: Print) -> float:
        """The largest difference in parts of the largest number; infinite between shapes."""
        if self.shape != other.shape:
            return float("inf")
        return difference(self.values, other.values)


def difference(a: Tensor, b: Tensor) -> float:
    """The largest difference in parts of the largest number of `a`."""
    if a.shape != b.shape:
        return float("inf")
    if not a.numel() or torch.equal(a, b):
        return 0.0
    same = (a == b) | (a.isnan() & b.isnan())
    gap = torch.where(same, torch.zeros_like(a), (a - b).abs()).max()
    largest = a[a.isfinite()].abs().max() if a.isfinite().any() else torch.ones(())
    found = float(gap / largest.clamp_min(torch.finfo(a.dtype).tiny))
    return float("inf") if isnan(found) else found


def mapped(plan: Plan, nodes: Sequence[Node]) -> tuple[dict[str, str], dict[str, Tensor]]:
    """The weights of a module by what they are called in a plan: new names by old, and tensors.

    `nodes` are its layers in the plan's order.
    """
    names: dict[str, str] = {}
    tensors: dict[str, Tensor] = {}
    kinds = [node.leaf and node.leaf.kind for node in nodes]
    assert [leaf.kind for leaf in plan.leaves] == kinds
    for leaf, node in zip(plan.leaves, nodes, strict=True):
        assert node.leaf
        assert node.op
        held = node.leaf.weights
        for name, shape in (leaf.weights | leaf.buffers).items():
            weight = held.get(name)
            if weight is None and name in leaf.buffers and not shape:
                continue  # how many batches there were
            if weight is None or weight.tensor.numel() != prod(shape):
                found = "no" if weight is None else f"{tuple(weight.tensor.shape)} as its"
                message = f"has {found} {name}, {leaf.kind} has one of {shape}"
                raise CaptureError([Trouble(node.op.path, node.op.name, node.op.place, message)])
            new = f"{leaf.name}.{name}"
            tensors[new] = weight.tensor.detach().reshape(shape)
            if weight.name:
                names[weight.name] = new
    return names, tensors


def load(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give a network the weights of the module; the counts that it did not have stay."""
    own = network.state_dict()
    network.load_state_dict(own | dict(tensors))


def compare(
    plan: Plan, network: nn.Module, nodes: Sequence[Node], x: Tensor,
    prints: Mapping[int, Print], expected: Tensor,
) -> None:  # fmt: skip
    """Hold each layer against what the module had there; CaptureError at the first that differs.

    `prints` are those of the operations, by identity.
    """
    found: dict[str, Print] = {}
    hooks = []
    for leaf in plan.leaves:

        def keep(_: Any, __: Any, out: Tensor, name: str = leaf.name) -> None:
            found[name] = Print.of(out)

        hooks.append(network.get_submodule(leaf.name).register_forward_hook(keep))
    try:
        out = network(x)
    finally:
        for hook in hooks:
            hook.remove()
    last = {id(node.op): i for i, node in enumerate(nodes)}
    for i, (leaf, node) in enumerate(zip(plan.leaves, nodes, strict=True)):
        assert node.op
        if last[id(node.op)] != i or id(node.op) not in prints or len(node.op.outputs) > 1:
            continue  # in the middle of what one operation does
        gap = prints[id(node.op)].differs(found[leaf.name])
        if gap > TOLERANCE:
            raise CaptureError([_parts(leaf.name, leaf.kind, node.op, gap)])
    gap = difference(expected, out)
    if gap > TOLERANCE:
        message = f"the spec's output differs by {gap:.1e} of the largest number"
        raise CaptureError([Trouble("", "", None, message, "every layer agrees: a join does not")])


def _parts(name: str, kind: str, op: Op, gap: float) -> Trouble:
    by = "in shape" if gap == float("inf") else f"by {gap:.1e} of the largest number"
    message = f"here the module and the spec part: {name} ({kind}) differs {by}"
    return Trouble(op.path, op.name, op.place, message, _UNSEEN)


def place_of(error: BaseException, own: tuple[str, ...]) -> Place | None:
    """The last line of an exception's traceback that is not in torch or in netspec."""
    found = None
    traceback = error.__traceback__
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(own):
            found = Place(file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found
