"""A recording → the network's layers and joins, each with the ones that it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec import layers as vocabulary
from netspec.capture import functions
from netspec.capture.functions import DROPOUTS, RESHAPES, TABLE
from netspec.capture.layers import arguments
from netspec.capture.record import BATCH, Op, Place, Recording, Value, Weight
from netspec.capture.step import Join, Leaf, Refused, Step
from netspec.diagnostic import short

DROPS = "drops in evaluation too"
"""How the message on dropout that never stops begins."""
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
    shuffled = _shuffles(ops, readers)
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
                following = _only(out, readers)
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
                _refuse(op, steps, readers, training)
        except Refused as refusal:
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


def step(op: Op, index: int) -> Step:
    """What an operation becomes; Refused where nothing does."""
    if op.module is not None:
        return _module(op)
    make = TABLE.get(op.name)
    if make is None:
        raise Refused("no layer of a spec does this", _needed(op))
    more: dict[str, Any] = {"part": index} if len(op.outputs) > 1 or op.name in _SPLITS else {}
    try:
        return make(op, *op.args, **op.kwargs, **more)
    except (TypeError, AttributeError, ValueError) as error:
        message = f"is called in a way that is not known here: {short(str(error), 80)}"
        raise Refused(message) from None


_SPLITS = {"chunk", "split", "tensor_split", "split_with_sizes", "unsafe_chunk"}
_NEEDS = {
    "matmul": "products of two values are attention's: nn.MultiheadAttention",
    "bmm": "products of two values are attention's: nn.MultiheadAttention",
    "einsum": "products of two values are attention's: nn.MultiheadAttention",
    "stack": "torch.cat along the channels is a Concat",
    "sum": "mean(dim) is AdaptiveAvgPool2d, a + b a Residual",
}


def _needed(op: Op) -> str | None:
    return _NEEDS.get(op.name)


def _module(op: Op) -> Step:
    module, kind = op.module, op.name
    assert module is not None
    special = functions.MODULES.get(kind)
    if special is not None:
        return special(op, module)
    if vocabulary.find(kind) is None:
        why = vocabulary.REFUSED.get(kind, "is no layer of a spec")
        raise Refused(f"{kind} {why}")
    if len(op.args) + len(op.kwargs) != 1:
        raise Refused(f"{kind} is called with {len(op.args) + len(op.kwargs)} arguments")
    held = {
        name: Weight(f"{op.path}.{name}" if op.path else None, tensor)
        for name, tensor in module.state_dict(keep_vars=True).items()
    }
    (x,) = op.inputs
    given = arguments(module, kind)
    # The sample's shape is what it is where nothing is written.
    if given.get("normalized_shape") == list(x.shape[1:]):
        del given["normalized_shape"]
    return Leaf(kind, given, held)


def _refuse(op: Op, steps: dict[int, Step], readers: dict[int, list[Op]], training: bool) -> None:
    """Refuse what cannot be as it seems."""
    if len(op.outputs) > 1 and op.name not in _SPLITS and op.module is None:
        raise Refused(f"gives {len(op.outputs)} tensors", "a layer of a spec gives one")
    for index in steps:
        value = op.outputs[index]
        if value.shape[:1] != (BATCH,):
            raise Refused(
                f"gives {value.shape} for a batch of {BATCH}: samples do not stay apart",
                "x.flatten(1) and x.mean((2, 3)) keep the batch axis",
            )
    if op.module is not None and any(steps):
        raise Refused("what else it gives is read", "a layer of a spec gives one tensor")
    name = "dropout" if op.module is None and op.name in DROPOUTS else ""
    if name and op.kwargs.get("training", op.args[2] if len(op.args) > 2 else True):
        p = op.kwargs.get("p", op.args[1] if len(op.args) > 1 else 0.5)
        if p and not training:
            raise Refused(
                f"{DROPS}, so no two answers are the same",
                f"write training=self.training, or nn.{DROPOUTS[op.name]}",
            )
    if op.name.startswith("expand") or op.name == "broadcast_to":
        spread = [one.name for one in readers.get(id(op.outputs[0]), [])]
        if op.outputs[0].shape != op.inputs[0].shape and set(spread) - {"mul", "rmul"}:
            raise Refused("spreads a tensor over others", "a Gate spreads its factor")


def trouble(op: Op, refusal: Refused) -> Trouble:
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


def _shuffles(ops: list[Op], readers: dict[int, list[Op]]) -> dict[int, Step]:
    """Channels put into groups, turned and put back, as ChannelShuffle does: steps by operation."""
    found: dict[int, Step] = {}
    for op in ops:
        if op.name not in ("transpose", "swapaxes") or len(op.args) != 3:
            continue
        (x,), y = op.inputs, op.outputs[0]
        before = x.op
        if before is None or before.name not in ("view", "reshape", "unflatten"):
            continue
        after = _only(y, readers)
        between = [op]
        while after and after.name == "contiguous":
            between.append(after)
            after = _only(after.outputs[0], readers)
        rank = len(x.shape)
        if not after or after.name not in ("view", "reshape", "flatten"):
            continue
        whole: Value = before.inputs[0]
        turned = sorted(dim % rank for dim in op.args[1:]) == [1, 2]
        same = whole.shape == after.outputs[0].shape and whole.shape[2:] == x.shape[3:]
        if (
            turned
            and same
            and _only(x, readers) is op
            and whole.shape[1] == x.shape[1] * x.shape[2]
        ):
            found |= {id(one): [] for one in (before, *between)}
            found[id(after)] = Leaf("ChannelShuffle", {"groups": x.shape[1]})
    return found


def _only(value: Value, readers: dict[int, list[Op]]) -> Op | None:
    every = readers.get(id(value), [])
    return every[0] if len(every) == 1 else None
