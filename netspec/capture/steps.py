"""An operation → what it becomes in a spec, or why it cannot."""

from __future__ import annotations

from typing import Any

from netspec import layers as vocabulary
from netspec.capture import functions
from netspec.capture.functions import DROPOUTS, TABLE
from netspec.capture.layers import arguments
from netspec.capture.record import BATCH
from netspec.capture.step import Leaf, NoLayer, Step
from netspec.capture.values import Op, Weight
from netspec.diagnostic import short

DROPS = "drops in evaluation too"
"""How the message on dropout that never stops begins."""


def step(op: Op, index: int) -> Step:
    """What an operation becomes; NoLayer where nothing does."""
    if op.module is not None:
        return _module(op)
    make = TABLE.get(op.name)
    if make is None:
        raise NoLayer("no layer of a spec does this", _needed(op))
    more: dict[str, Any] = {"part": index} if len(op.outputs) > 1 or op.name in _SPLITS else {}
    try:
        return make(op, *op.args, **op.kwargs, **more)
    except (TypeError, AttributeError, ValueError) as error:
        message = f"is called in a way that is not known here: {short(str(error), 80)}"
        raise NoLayer(message) from None


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
        raise NoLayer(f"{kind} {why}")
    if len(op.args) + len(op.kwargs) != 1:
        raise NoLayer(f"{kind} is called with {len(op.args) + len(op.kwargs)} arguments")
    held = {
        name: Weight(f"{op.path}.{name}".lstrip(".") if op.registered else None, tensor)
        for name, tensor in module.state_dict(keep_vars=True).items()
    }
    (x,) = op.inputs
    given = arguments(module, kind)
    # The sample's shape is what it is where nothing is written.
    if given.get("normalized_shape") == list(x.shape[1:]):
        del given["normalized_shape"]
    return Leaf(kind, given, held)


def refuse(op: Op, steps: dict[int, Step], readers: dict[int, list[Op]], training: bool) -> None:
    """Refuse what cannot be as it seems."""
    if len(op.outputs) > 1 and op.name not in _SPLITS and op.module is None:
        raise NoLayer(f"gives {len(op.outputs)} tensors", "a layer of a spec gives one")
    for index in steps:
        value = op.outputs[index]
        if value.shape[:1] != (BATCH,):
            raise NoLayer(
                f"gives {value.shape} for a batch of {BATCH}: samples do not stay apart",
                "x.flatten(1) and x.mean((2, 3)) keep the batch axis",
            )
    if op.module is not None and any(steps):
        raise NoLayer("what else it gives is read", "a layer of a spec gives one tensor")
    name = "dropout" if op.module is None and op.name in DROPOUTS else ""
    if name and op.kwargs.get("training", op.args[2] if len(op.args) > 2 else True):
        p = op.kwargs.get("p", op.args[1] if len(op.args) > 1 else 0.5)
        if p and not training:
            raise NoLayer(
                f"{DROPS}, so no two answers are the same",
                f"write training=self.training, or nn.{DROPOUTS[op.name]}",
            )
    if op.name.startswith("expand") or op.name == "broadcast_to":
        spread = [one.name for one in readers.get(id(op.outputs[0]), [])]
        if op.outputs[0].shape != op.inputs[0].shape and set(spread) - {"mul", "rmul"}:
            raise NoLayer("spreads a tensor over others", "a Gate spreads its factor")
