"""Bytes that training a network holds, in float32.

What autograd keeps between the forward and the backward pass are the tensors that
`torch.autograd.graph.saved_tensors_hooks` sees on the CPU in training: inputs and outputs of
layers, indices of max pools (8 bytes each), masks of dropout, statistics of normalization. A tensor
that several layers need, or a view of one, counts once; weights and buffers do not count. Other
devices keep masks and indices in fewer bytes.
"""

from typing import TYPE_CHECKING, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import BYTES
from netspec.layers.base import Composite, Leaf
from netspec.layers.saved import NOTHING

if TYPE_CHECKING:
    from netspec.language.training import Choice, OptimizerTraits, Train


class Kept(NamedTuple):
    """What autograd keeps for the backward pass."""

    sample: int
    """Bytes for each sample."""
    batch: int
    """Bytes once for a batch, whatever its size."""


def kept(root: Node) -> Kept:
    """What autograd keeps of a node and everything in it."""
    apart, held = by_tensor(root)
    return Kept(apart.sample + sum(held.values()), apart.batch)


def by_tensor(root: Node) -> tuple[Kept, dict[object, int]]:
    """The same: what is no layer's input or output, and bytes of those that are by their memory."""
    held: dict[object, int] = {}
    sample = batch = 0
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.children
        x, y = node.input, node.output
        if isinstance(node.layer, Leaf):
            saved = node.layer.saves(x, y) if y.tensor.grad else NOTHING
            tensors = [*[x] * saved.input, *[y] * saved.output]
            sample += saved.sample
            batch += saved.batch
        else:
            assert isinstance(node.layer, Composite)
            tensors = list(node.layer.keeps(x, [child.output for child in node.children]))
        for flow in tensors:
            held[flow.tensor.storage] = BYTES * flow.numel
    return Kept(sample, batch), held


class Training(NamedTuple):
    """Bytes that training holds; what single operations need for a moment comes on top."""

    weights: int
    buffers: int
    gradients: int
    optimizer: int
    average: int
    kept: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)


def training(root: Node, train: "Train") -> Training:
    """Bytes of training a network as `train` says."""
    leaves = list(root.leaves())
    weights = BYTES * sum(leaf.params for leaf in leaves)
    buffers = BYTES * sum(leaf.buffer_count for leaf in leaves)
    autograd = kept(root)
    return Training(
        weights, buffers, weights, weights * state(train.optimizer),
        weights + buffers if train.average else 0,
        train.held * autograd.sample + autograd.batch,
    )  # fmt: skip


def state(optimizer: "Choice[OptimizerTraits]") -> int:
    """Numbers that an optimizer keeps for each weight."""
    _, arguments, traits = optimizer
    return traits.keeps + sum(bool(arguments[name]) for name in traits.more)
