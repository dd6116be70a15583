"""Parts, orders and shapes."""

from __future__ import annotations

from typing import Any

from netspec.capture.functions.table import TABLE, entry, leaf
from netspec.capture.reshaped import reshaped
from netspec.capture.step import Leaf, NoLayer, Step
from netspec.capture.values import Constant, Op, Value, Weight

SAME = """
contiguous clone detach to float type type_as data cpu cuda requires_grad_ requires_grad
alias identity positive as_tensor
"""
"""Operations that leave every number as it is."""


def _same(op: Op, x: Value, *args: Any, **kwargs: Any) -> Step:
    return []


TABLE.update(dict.fromkeys(SAME.split(), _same))


RESHAPES = "view reshape flatten squeeze unsqueeze unflatten view_as reshape_as".split()
"""Operations that move no element; several in a row are one."""


def reshape(before: tuple[int, ...], after: tuple[int, ...]) -> list[Leaf]:
    """The layers that make one shape of another."""
    return [leaf(kind, given) for kind, given in reshaped(before, after)]


@entry("expand_as", "expand", "broadcast_to")
def _expand(op: Op, x: Value, *args: Any, **kwargs: Any) -> Step:
    return []


@entry("getitem")
def _getitem(op: Op, x: Value, index: Any) -> Step:
    parts = list(index) if isinstance(index, tuple | list) else [index]
    if any(isinstance(one, Value | Constant | Weight) for one in parts):
        raise NoLayer("picks by a tensor")
    if any(one is Ellipsis for one in parts):
        at = parts.index(Ellipsis)
        real = sum(one is not None for one in parts) - 1
        parts[at : at + 1] = [slice(None)] * (len(x.shape) - real)
    if any(one is None for one in parts):
        raise NoLayer("puts a new axis in")
    if parts and parts[0] != slice(None) and parts[0] != slice(0, None):
        raise NoLayer("picks samples of the batch", "a spec is about one sample")
    found: list[Leaf] = []
    gone = 0
    for i, one in enumerate(parts[1:]):
        if isinstance(one, int):
            found.append(leaf("Select", {"dim": i - gone, "index": one}))
            gone += 1
        elif isinstance(one, slice):
            start, stop, step = one.indices(x.shape[i + 1])
            if (start, stop, step) != (0, x.shape[i + 1], 1):
                stop_ = stop if stop < x.shape[i + 1] else None
                given = {"dim": i - gone, "start": start or None, "stop": stop_, "step": step}
                found.append(leaf("Slice", given))
        else:
            raise NoLayer(f"picks by {one!r}")
    return found


@entry("select")
def _select(op: Op, x: Value, dim: int, index: int) -> Step:
    if dim % len(x.shape) == 0:
        raise NoLayer("picks a sample of the batch", "a spec is about one sample")
    return leaf("Select", {"dim": dim % len(x.shape) - 1, "index": index})


@entry("narrow")
def _narrow(op: Op, x: Value, dim: int, start: int, length: int) -> Step:
    return _part(x, dim, start, length)


def _part(x: Value, dim: int, start: int, length: int) -> Step:
    axis = dim % len(x.shape)
    if axis == 0:
        raise NoLayer("takes the batch apart", "a spec is about one sample")
    n = x.shape[axis]
    stop = start + length if start + length < n else None
    return leaf("Slice", {"dim": axis - 1, "start": start or None, "stop": stop})


@entry("chunk", "split", "tensor_split", "split_with_sizes", "unsafe_chunk")
def _split(op: Op, x: Value, count: Any, dim: int = 0, *, part: int = 0) -> Step:
    axis = dim % len(x.shape)
    lengths = [one.shape[axis] for one in op.outputs]
    return _part(x, dim, sum(lengths[:part]), lengths[part])


@entry("permute")
def _permute(op: Op, x: Value, *dims: Any) -> Step:
    order = dims[0] if isinstance(dims[0], tuple | list) else dims
    return _ordered(x, [dim % len(x.shape) for dim in order])


@entry("transpose", "swapaxes", "swapdims")
def _transpose(op: Op, x: Value, dim0: int, dim1: int) -> Step:
    a, b = dim0 % len(x.shape), dim1 % len(x.shape)
    order = list(range(len(x.shape)))
    order[a], order[b] = b, a
    return _ordered(x, order)


def _ordered(x: Value, order: list[int]) -> Step:
    if order[0] != 0:
        raise NoLayer("moves the batch axis", "a spec is about one sample")
    dims = [dim - 1 for dim in order[1:]]
    return leaf("Permute", {"dims": dims}) if dims != sorted(dims) else []
