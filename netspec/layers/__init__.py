"""The vocabulary: one file per family of layers, imported when a spec first uses it."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from netspec.layers.base import Layer

FAMILIES = {
    "convolution": "Conv1d Conv2d Conv3d",
    "pooling": "MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d "
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d "
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d",
    "normalization": "BatchNorm1d BatchNorm2d BatchNorm3d",
    "activation": "ReLU ReLU6 SELU SiLU Mish Hardsigmoid Hardswish Sigmoid Tanh Softsign "
    "Tanhshrink LogSigmoid GELU LeakyReLU ELU CELU Hardtanh Softplus Hardshrink Softshrink "
    "Threshold RReLU Softmax LogSoftmax Softmin",
    "linear": "Linear Identity",
    "dropout": "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout",
    "reshaping": "Flatten",
    "composite": "Sequential Residual Concat Gate",
}
"""Kinds by the file that defines them; a test holds this list against the files."""

KINDS: dict[str, str] = {
    kind: family for family, kinds in FAMILIES.items() for kind in kinds.split()
}


@cache
def find(kind: str) -> type[Layer] | None:
    """The class of a kind of layer such as Conv2d; None where there is no such kind."""
    family = KINDS.get(kind)
    if family is None:
        return None
    module = import_module(f"netspec.layers.{family}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Layer) and kind in value.kinds
    )
