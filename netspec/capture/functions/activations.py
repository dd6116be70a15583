"""Activations, softmax and dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netspec.capture.functions.table import entry, leaf, learnt
from netspec.capture.step import NoLayer, Step
from netspec.capture.values import Op, Value


def _plain_activation(kind: str, names: str) -> None:
    def make(op: Op, x: Value, inplace: bool = False, **kwargs: Any) -> Step:
        return leaf(kind, {**kwargs, "inplace": inplace})

    entry(*names.split())(make)


for _kind, _names in {
    "ReLU": "relu", "ReLU6": "relu6", "SELU": "selu", "SiLU": "silu", "Mish": "mish",
    "Hardsigmoid": "hardsigmoid", "Hardswish": "hardswish", "Sigmoid": "sigmoid", "Tanh": "tanh",
    "Softsign": "softsign", "Tanhshrink": "tanhshrink", "LogSigmoid": "logsigmoid log_sigmoid",
}.items():  # fmt: skip
    _plain_activation(_kind, _names)


@entry("leaky_relu")
def _leaky(op: Op, x: Value, negative_slope: float = 0.01, inplace: bool = False) -> Step:
    return leaf("LeakyReLU", {"negative_slope": negative_slope})


@entry("elu")
def _elu(op: Op, x: Value, alpha: float = 1.0, inplace: bool = False) -> Step:
    return leaf("ELU", {"alpha": alpha})


@entry("celu")
def _celu(op: Op, x: Value, alpha: float = 1.0, inplace: bool = False) -> Step:
    return leaf("CELU", {"alpha": alpha})


@entry("gelu")
def _gelu(op: Op, x: Value, approximate: str = "none") -> Step:
    return leaf("GELU", {"approximate": approximate})


@entry("softplus")
def _softplus(op: Op, x: Value, beta: float = 1.0, threshold: float = 20.0) -> Step:
    return leaf("Softplus", {"beta": beta, "threshold": threshold})


@entry("hardtanh")
def _hardtanh(
    op: Op, x: Value, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Step:
    return leaf("Hardtanh", {"min_val": min_val, "max_val": max_val})


@entry("clamp", "clip")
def _clamp(op: Op, x: Value, min: Any = None, max: Any = None) -> Step:
    if min == 0 and max is None:
        return leaf("ReLU", {})
    if not all(isinstance(one, int | float) for one in (min, max)):
        raise NoLayer("clamps to one side", "Hardtanh has both ends, ReLU is clamp(min=0)")
    return leaf("Hardtanh", {"min_val": float(min), "max_val": float(max)})


@entry("prelu")
def _prelu(op: Op, x: Value, weight: Any) -> Step:
    learnt(weight=weight)
    return leaf("PReLU", {"num_parameters": weight.tensor.numel()}, {"weight": weight})


@entry("glu")
def _glu(op: Op, x: Value, dim: int = -1) -> Step:
    return leaf("GLU", {"dim": dim})


def _softmax(kind: str) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
    ) -> Step:
        # Without dim torch takes the first axis of some shapes, which is then that of the samples.
        implicit = 0 if len(x.shape) in (0, 1, 3) else 1
        axis = implicit if dim is None else dim
        if axis % len(x.shape) == 0:
            raise NoLayer("sums to one over the samples of a batch", "give it dim=1")
        return leaf(kind, {"dim": axis})

    return make


for _kind, _names in {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Softmin": "softmin",
}.items():
    entry(_names)(_softmax(_kind))


def _drops(kind: str) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> Step:
        return leaf(kind, {"p": p})

    return make


DROPOUTS = {
    "dropout": "Dropout", "dropout1d": "Dropout1d", "dropout2d": "Dropout2d",
    "dropout3d": "Dropout3d", "alpha_dropout": "AlphaDropout",
    "feature_alpha_dropout": "FeatureAlphaDropout", "feature_dropout": "Dropout2d",
}  # fmt: skip
for _names, _kind in DROPOUTS.items():
    entry(_names)(_drops(_kind))
