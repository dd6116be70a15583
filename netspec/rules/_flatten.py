"""Whether the axes of a map should have been joined before a linear layer."""

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.roles import Map, Move, Norm, Pad, Pool, Resample
from netspec.rules._layer import argument
from netspec.rules._words import called


def forgotten(plan: Plan) -> Node | None:
    """The first linear layer over an axis that is still spatial; None where that is meant."""
    for i, node in enumerate(plan.leaves):
        last = len(node.input.shape) - 1
        if not last or not isinstance(node.role, Map) or node.role.axis != -1:
            continue
        if any(axis.along == last for axis in node.input.axes):
            return None if _meant(plan.leaves[:i]) else node
    return None


def _meant(before: list[Node]) -> bool:
    """Whether layers end with one that makes features of the last axis."""
    for node in reversed(before):
        match node.role:
            case Move() if _renames(node):
                return True
            case Norm(over="sample") if _over_last(node):
                return True
            case Map() | Pool() | Pad() | Resample() | Move():
                return False
    return False


def _renames(node: Node) -> bool:
    """Whether it joins, cuts or reorders axes, and so makes one the last on purpose."""
    x, y = node.input, node.output
    stands = [axis.along for axis in x.axes], [axis.along for axis in y.axes]
    return len(x.shape) != len(y.shape) or x.channels != y.channels or stands[0] != stands[1]


def _over_last(node: Node) -> bool:
    shape = argument(node, "normalized_shape", None)
    return len(node.input.shape) > 1 and (isinstance(shape, int) or len(shape or ()) == 1)


def hint(plan: Plan) -> str | None:
    """What is missing where the output has another shape than is wanted; None if not that."""
    node = forgotten(plan)
    return f"Flatten before {called(node)}, which reads one axis of a map" if node else None
