"""The end of the network, where its output meets the loss."""

from collections.abc import Iterator

from netspec.compiler.plan import Node, Plan
from netspec.rules._chain import chains
from netspec.rules._kinds import is_dropout, only_moves


def backwards(plan: Plan) -> Iterator[Node]:
    """The layers that lead to the output, last first, those that only reshape left out."""
    return (node for node in reversed(chains(plan)[0]) if not only_moves(node))


def last(plan: Plan) -> Node | None:
    """The last layer that computes something in evaluation."""
    return next((node for node in backwards(plan) if not is_dropout(node)), None)


def loss(plan: Plan) -> str | None:
    """Name of the loss that the spec trains with; None where it trains nothing."""
    train = plan.spec.train
    if train is None:
        return None
    if train.loss is not None:
        return train.loss.name
    node = last(plan)
    return "NLLLoss" if node and node.kind == "LogSoftmax" else "CrossEntropyLoss"
