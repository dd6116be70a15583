"""Channels that are shuffled by three operations."""

from __future__ import annotations

from netspec.capture.step import Leaf, Step
from netspec.capture.values import Op, Value


def shuffles(ops: list[Op], readers: dict[int, list[Op]]) -> dict[int, Step]:
    """Channels put into groups, turned and put back, as ChannelShuffle does: steps by operation."""
    found: dict[int, Step] = {}
    for op in ops:
        if op.name not in ("transpose", "swapaxes") or len(op.args) != 3:
            continue
        (x,), y = op.inputs, op.outputs[0]
        before = x.op
        if before is None or before.name not in ("view", "reshape", "unflatten"):
            continue
        after = only(y, readers)
        between = [op]
        while after and after.name == "contiguous":
            between.append(after)
            after = only(after.outputs[0], readers)
        rank = len(x.shape)
        if not after or after.name not in ("view", "reshape", "flatten"):
            continue
        whole: Value = before.inputs[0]
        turned = sorted(dim % rank for dim in op.args[1:]) == [1, 2]
        same = whole.shape == after.outputs[0].shape and whole.shape[2:] == x.shape[3:]
        if turned and same and only(x, readers) is op and whole.shape[1] == x.shape[1] * x.shape[2]:
            found |= {id(one): [] for one in (before, *between)}
            found[id(after)] = Leaf("ChannelShuffle", {"groups": x.shape[1]})
    return found


def only(value: Value, readers: dict[int, list[Op]]) -> Op | None:
    """The one operation that reads a value; None where several do, or none."""
    every = readers.get(id(value), [])
    return every[0] if len(every) == 1 else None
