"""Sums, products and values put together."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor

from netspec.capture.functions.table import entry, leaf
from netspec.capture.step import Join, NoLayer, Step
from netspec.capture.values import Constant, Op, Value, Weight


@entry("cat", "concat", "concatenate")
def _cat(op: Op, tensors: Any, dim: int = 0, axis: int | None = None) -> Step:
    dim = dim if axis is None else axis
    values = [one for one in tensors if isinstance(one, Value)]
    token = _alone(tensors[0]) if len(tensors) == 2 else None
    if token and len(values) == 1 and dim % len(values[0].shape) == 1:
        return leaf("ClassToken", {}, {"weight": token})
    if len(values) < len(tensors):
        raise NoLayer("puts constants or weights beside values")
    if dim % len(values[0].shape) != 1:
        raise NoLayer(f"concatenates along axis {dim}", "a Concat is along the channels, axis 1")
    return Join("concat", values) if len(values) > 1 else []


@entry("add", "radd")
def _add(op: Op, a: Any, b: Any, alpha: float = 1) -> Step:
    if isinstance(a, Value) and isinstance(b, Value):
        if alpha != 1:
            raise NoLayer(f"adds with a factor of {alpha}", "an Affine in the branch multiplies")
        if a is b:
            return leaf("Affine", {"scale": 2.0})
        return _joined("add", a, b)
    x, other = (a, b) if isinstance(a, Value) else (b, a)
    number = _number(other, x)
    if number is not None:
        return leaf("Affine", {"shift": _times(number, alpha)}) if number != 0.0 else []
    if isinstance(other, Weight) and tuple(other.tensor.shape) == (1, *x.shape[1:]) and alpha == 1:
        return leaf("PositionEmbedding", {}, {"weight": other})
    raise NoLayer(_of(other, "adds"), "Affine adds constants; a bias belongs to its layer")


@entry("sub", "subtract")
def _sub(op: Op, a: Any, b: Any, alpha: float = 1) -> Step:
    if isinstance(a, Value) and not isinstance(b, Value):
        number = _number(b, a)
        if number is not None:
            return leaf("Affine", {"shift": _times(number, -alpha)})
        raise NoLayer(_of(b, "subtracts"), "Affine adds constants")
    if isinstance(b, Value) and not isinstance(a, Value):
        return _rsub(op, b, a)
    raise NoLayer("takes the difference of two values", "Residual adds; negate a branch by Affine")


@entry("rsub")
def _rsub(op: Op, x: Value, other: Any, alpha: float = 1) -> Step:
    number = _number(other, x)
    if number is None:
        raise NoLayer(_of(other, "subtracts from"), "Affine adds constants")
    return leaf("Affine", {"scale": -1.0, "shift": number})


@entry("neg", "negative")
def _neg(op: Op, x: Value) -> Step:
    return leaf("Affine", {"scale": -1.0})


@entry("mul", "rmul", "multiply")
def _mul(op: Op, a: Any, b: Any) -> Step:
    if isinstance(a, Value) and isinstance(b, Value):
        return Join("multiply", [a, b])
    x, other = (a, b) if isinstance(a, Value) else (b, a)
    if isinstance(other, Weight):
        return _scale(x, other)
    number = _number(other, x)
    if number is not None:
        return leaf("Affine", {"scale": number}) if number != 1.0 else []
    raise NoLayer(_of(other, "multiplies by"), "Affine multiplies by constants, Scale by weights")


@entry("div", "truediv", "divide", "true_divide")
def _div(op: Op, a: Any, b: Any, rounding_mode: Any = None) -> Step:
    if isinstance(a, Value) and isinstance(b, int | float) and rounding_mode is None:
        return leaf("Affine", {"scale": 1 / b}) if b != 1 else []
    raise NoLayer("divides by more than a number", "Affine multiplies by constants")


def _scale(x: Value, weight: Weight) -> Step:
    """A learnt factor along one axis."""
    shape = (*[1] * (len(x.shape) - weight.tensor.dim()), *weight.tensor.shape)
    long = [i for i, n in enumerate(shape) if n > 1]
    if len(long) != 1 or not long[0] or len(shape) > len(x.shape):
        raise NoLayer(
            f"multiplies by {weight.name or 'a parameter'} of {tuple(weight.tensor.shape)}",
            "Scale has a factor for each position of one axis",
        )
    return leaf("Scale", {"dim": long[0] - 1}, {"weight": weight})


def _joined(by: Any, a: Value, b: Value) -> Step:
    if a.shape != b.shape:
        raise NoLayer(
            f"puts {a.shape[1:]} and {b.shape[1:]} together by spreading one of them",
            "only a Gate spreads its factor",
        )
    return Join(by, [a, b])


def _number(one: Any, x: Value) -> Any:
    """A constant as Affine takes it for the channels; None where it is more than that."""
    if isinstance(one, bool):
        return None
    if isinstance(one, int | float):
        return float(one)
    if not isinstance(one, Constant) or one.of:
        return None
    tensor: Tensor = one.tensor
    if tensor.numel() == 1:
        return float(tensor)
    shape = (*[1] * (len(x.shape) - tensor.dim()), *tensor.shape)
    if prod(shape) == shape[1] and shape[1] == x.shape[1]:
        return [float(value) for value in tensor.flatten()]
    return None


def _alone(one: Any) -> Weight | None:
    """A weight whose numbers each sample gets, spread over the batch."""
    if not isinstance(one, Constant) or one.source is None:
        return None
    held = one.source.tensor
    rows = one.tensor.reshape(len(one.tensor), -1)
    same = rows.shape[1] == held.numel() and all(torch.equal(row, held.flatten()) for row in rows)
    return one.source if same else None


def _times(number: Any, factor: float) -> Any:
    return [one * factor for one in number] if isinstance(number, list) else number * factor


def _of(one: Any, verb: str) -> str:
    if isinstance(one, Weight):
        return f"{verb} {one.name or 'a parameter'} of {tuple(one.tensor.shape)}"
    if isinstance(one, Constant):
        return f"{verb} {one.of or 'a constant'} of {tuple(one.tensor.shape)}"
    return f"{verb} {one!r}"
