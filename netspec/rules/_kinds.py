"""What kinds of layers are for, by their families and the words in torch's names."""

from typing import Any

from netspec.compiler.plan import Node
from netspec.layers import KINDS

ACTIVATIONS = frozenset({"activation", "clamping", "glu", "rectifier", "smooth", "softmax"})
MOVES = frozenset({"reshaping", "shuffling", "unflatten"})
WEIGHTED = frozenset({"convolution", "transposed", "linear"})
LINEAR = WEIGHTED | MOVES | {"dropout", "depth", "resampling", "padding"}
"""Families of layers by what they do in evaluation; pools and norms differ within theirs."""


def argument(node: Node, name: str, otherwise: Any) -> Any:
    """An argument of a layer, or something else where its kind has no such argument."""
    # getattr with a default is slow on pydantic's models.
    return vars(node.layer).get(name, otherwise)


def is_map(node: Node) -> bool:
    """Whether it is a convolution or a linear layer."""
    return "weight" in node.weights and KINDS[node.kind] in WEIGHTED


def is_norm(node: Node) -> bool:
    return "Norm" in node.kind


def is_batch_norm(node: Node) -> bool:
    return node.kind.startswith("BatchNorm")


def is_dropout(node: Node) -> bool:
    """Whether it zeroes elements at random in training."""
    return "Dropout" in node.kind and argument(node, "p", 0) > 0


def is_pool(node: Node) -> bool:
    return "Pool" in node.kind


def is_max_pool(node: Node) -> bool:
    return "MaxPool" in node.kind


def is_pad(node: Node) -> bool:
    return "Pad" in node.kind


def is_softmax(node: Node) -> bool:
    return "Softm" in node.kind


def is_activation(node: Node) -> bool:
    """Whether it is a fixed function of elements, softmax among them."""
    return KINDS[node.kind] in ACTIVATIONS


def only_moves(node: Node) -> bool:
    """Whether it only puts elements elsewhere."""
    return KINDS[node.kind] in MOVES


def is_linear(node: Node) -> bool:
    """Whether it is a linear map in evaluation, with weights or without."""
    if is_pool(node):
        return "Avg" in node.kind
    return KINDS[node.kind] in LINEAR or is_batch_norm(node)
