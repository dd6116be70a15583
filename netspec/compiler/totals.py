"""Sums over the leaf layers of a network."""

from netspec.compiler import memory
from netspec.compiler.node import Node
from netspec.compiler.plan import BYTES, Totals


def totals(root: Node, leaves: list[Node]) -> Totals:
    """The sums over the leaf layers of `root`."""
    return Totals(
        params=sum(leaf.params for leaf in leaves),
        buffers=sum(leaf.buffer_count for leaf in leaves),
        macs=sum(leaf.macs for leaf in leaves),
        activation_bytes=BYTES * sum(leaf.output.numel for leaf in leaves),
        training_bytes=sum(memory.kept(root)),
    )
