"""A recording → the network's layers and joins, each with the ones that it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from netspec.capture import functions
from netspec.capture.functions import RESHAPES
from netspec.capture.shuffles import only, shuffles
from netspec.capture.step import Join, Leaf, NoLayer, Step
from netspec.capture.steps import refuse, step
from netspec.capture.values import Op, Place, Recording, Value

Scope = tuple[str, ...]


class Node:
    """A layer or a join; the one without either is the input."""

    __slots__ = ("id", "inputs", "name", "op", "readers", "scope", "step")

    def __init__(
        self, id: int, step: Leaf | Join | None, inputs: list[Node], op: Op | None,
        scope: Scope = (), name: str | None = None,
    ) -> None:  # fmt: skip
        self.id, self.step, self.inputs, self.op = id, step, inputs, op
        self.scope, self.name = scope, name
        self.readers: list[Node] = []

    @property
    def leaf(self) -> Leaf | None:
        """The layer that it is."""
        return self.step if isinstance(self.step, Leaf) else None

    @property
    def join(self) -> Join | None:
        """How it puts others together."""
        return self.step if isinstance(self.step, Join) else None


class Trouble(NamedTuple):
    """Something that cannot be carried over: where, what, and what the network would need."""

    path: str
    operation: str
    place: Place | None
    message: str
    help: str | None = None


class Nodes(NamedTuple):
    """The network, in the order of execution."""

    input: Node
    nodes: list[Node]
    output: Node
    troubles: list[Trouble]


def reached(recording: Recording) -> list[Op]:
    """The operations that the output depends on, in order."""
    wanted: set[int] = set()
    stack = [recording.output.op]
    while stack:
        op = stack.pop()
        if op is not None and id(op) not in wanted:
            wanted.add(id(op))
            stack.extend(one.op for one in op.inputs)
    return [op for op in recording.ops if id(op) in wanted]


def nodes(recording: Recording, training: bool = False) -> Nodes:
    """The network that a recording with one output is; `training` says how it was made."""
    ops = reached(recording)
    first = Node(0, None, [], None)
    of: dict[int, Node] = {id(recording.input): first}
    made: list[Node] = []
    troubles: list[Trouble] = []
    readers: dict[int, list[Op]] = {}
    for op in ops:
        for value in op.inputs:
            readers.setdefault(id(value), []).append(op)
    shuffled = shuffles(ops, readers)
    prefixes: dict[tuple[int, ...], Node] = {}
    origins: dict[int, Value] = {}
    for op in ops:
        inputs = op.inputs
        alone = len(readers.get(id(inputs[0]), [])) == 1
        origin = origins.get(id(inputs[0]), inputs[0])
        steps: dict[int, Step]
        try:
            if id(op) in shuffled:
                steps = {0: shuffled[id(op)]}
            elif op.name in RESHAPES and op.module is None:
                (out,) = op.outputs
                following = only(out, readers)
                if following and following.name in RESHAPES and out is not recording.output:
                    origins[id(out)] = origin
                    of[id(out)] = of[id(inputs[0])]
                    continue
                steps = {0: list(functions.reshape(origin.shape, out.shape))}
            else:
                steps = {
                    value.index: step(op, value.index)
                    for value in op.outputs
                    if id(value) in readers or value is recording.output
                }
                refuse(op, steps, readers, training)
        except NoLayer as refusal:
            troubles.append(trouble(op, refusal))
            steps = {index: [] for index in range(len(op.outputs))}
        for index, one in steps.items():
            value = op.outputs[index]
            if isinstance(one, Join):
                node = Node(
                    len(made) + 1, one, [of[id(each)] for each in one.values], op, _scope(op.path)
                )
                of[id(value)] = _shared(node, prefixes, made)
                continue
            node = of[id(inputs[0])]
            if alone and _shifts(one, node):
                node.op = op
                of[id(value)] = node
                continue
            for each in one if isinstance(one, list) else [one]:
                node = Node(len(made) + 1, each, [node], op, *_named(op, each))
                made.append(node)
            of[id(value)] = node
    troubles += _shared_weights(made)
    for node in made:
        for source in node.inputs:
            source.readers.append(node)
    return Nodes(first, made, of[id(recording.output)], troubles)


def _shifts(step: Step, node: Node) -> bool:
    """Whether a step adds to what a node multiplies: they are one layer then."""
    if not isinstance(step, Leaf) or not node.leaf or node.leaf.kind != step.kind:
        return False
    shift, scale = step.arguments, node.leaf.arguments
    if shift.keys() != {"shift"} or scale.keys() != {"scale"}:
        return False
    scale.update(shift)
    return True


def _shared(node: Node, prefixes: dict[tuple[int, ...], Node], made: list[Node]) -> Node:
    """A join, on top of an earlier one of its first values where that is one already."""
    assert node.join
    if node.join.by == "concat":
        ids = tuple(one.id for one in node.inputs)
        if ids in prefixes:
            return prefixes[ids]
        for n in range(len(ids) - 1, 1, -1):
            if ids[:n] in prefixes:
                node.inputs = [prefixes[ids[:n]], *node.inputs[n:]]
                break
        prefixes[ids] = node
    made.append(node)
    return node


def trouble(op: Op, refusal: NoLayer) -> Trouble:
    """What is told of an operation that is refused."""
    what = op.name if op.module is None else type(op.module).__name__
    return Trouble(op.path, what, op.place, refusal.message, refusal.help)


def _shared_weights(made: list[Node]) -> Iterator[Trouble]:
    """What is told of weights that more than one layer has."""
    held = [
        (id(weight.tensor), weight, node)
        for node in made if node.leaf for weight in node.leaf.weights.values()
        if weight.tensor.numel() and weight.tensor.is_floating_point()
    ]  # fmt: skip
    times = Counter(one for one, _, _ in held)
    told: set[int] = set()
    for one, weight, node in held:
        if times[one] > 1 and one not in told:
            ops = [other.op for key, _, other in held if key == one and other.op]
            told.update(key for key, _, other in held if other.op in ops)
            lines = " and ".join(dict.fromkeys(str(op.place.line) for op in ops))
            assert node.op
            yield Trouble(
                node.op.path, node.op.name, ops[-1].place,
                f"{weight.name or 'a parameter'} is used {len(ops)} times, at lines {lines}",
                "each layer of a spec has weights of its own",
            )  # fmt: skip


def _scope(path: str) -> Scope:
    return tuple(path.split(".")) if path else ()


def _named(op: Op, leaf: Leaf) -> tuple[Scope, str | None]:
    """The module that a layer is in, and what it is called there."""
    path = _scope(op.path)
    if op.module is not None:
        return path[:-1], path[-1] if path else None
    weight = leaf.weights.get("weight")
    owner = _scope(weight.name)[:-1] if weight and weight.name else None
    if owner is None:
        return path, None
    if owner == path and len(op.weights) == len(leaf.weights) and _is_alone(op):
        return path[:-1], path[-1] if path else None
    return (owner[:-1], owner[-1]) if owner and owner != path else (path, None)


def _is_alone(op: Op) -> bool:
    """Whether an operation stands in a subclass of a layer, whose name is then its own."""
    return op.owner not in ("", "Module") and bool(op.path)
