"""Questions about one layer beyond its role."""

from math import prod
from typing import Any

from netspec.compiler.node import Node
from netspec.layers.roles import Dropout, Norm, Pool


def argument(node: Node, name: str, otherwise: Any) -> Any:
    """An argument of a layer, or something else where its kind has no such argument."""
    # getattr with a default is slow on pydantic's models.
    return vars(node.layer).get(name, otherwise)


def zeroes(node: Node) -> bool:
    """Whether it zeroes something at random in training."""
    return isinstance(node.role, Dropout) and not node.passes()


def is_batch_norm(node: Node) -> bool:
    """Whether it divides by a statistic of the batch."""
    return isinstance(node.role, Norm) and node.role.over == "batch"


def is_global_pool(node: Node) -> bool:
    """Whether it reads its whole input of several positions and leaves one."""
    if not isinstance(node.role, Pool):
        return False
    if prod(node.output.shape[1:]) > 1 or prod(node.input.shape[1:]) == 1:
        return False
    pairs = zip(node.input.axes, node.output.axes, strict=True)
    return all(after.units == before.units.whole(1) for before, after in pairs)
