"""What a stranger's checkpoint must look like before any of it is used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from netspec.diagnostic import NetspecError


def same(expected: Any, found: Any, at: str) -> None:
    """Refuse other names, shapes, dtypes or kinds, and tensors that are not finite."""
    if isinstance(expected, Tensor):
        _tensor(expected, found, at)
    elif isinstance(expected, Mapping):
        _kind(isinstance(found, Mapping), "a mapping", at)
        for key in expected.keys() ^ found.keys():
            raise refused(f"{at}.{key} is {'missing' if key in expected else 'unknown'}")
        for key, value in expected.items():
            same(value, found[key], f"{at}.{key}")
    elif isinstance(expected, list | tuple):
        _kind(isinstance(found, list | tuple), "a list", at)
        if len(expected) != len(found):
            raise refused(f"{at} has {len(found)} values, {len(expected)} expected")
        for index, pair in enumerate(zip(expected, found, strict=True)):
            same(*pair, f"{at}.{index}")
    elif isinstance(expected, bool | str | None):
        _kind(type(found) is type(expected), _name(expected), at)
    else:
        number = isinstance(found, int | float) and not isinstance(found, bool)
        _kind(number and not math.isnan(found), "a number", at)


def _tensor(expected: Tensor, found: Any, at: str) -> None:
    _kind(type(found) in (Tensor, torch.nn.Parameter), "a tensor", at)
    if found.layout != torch.strided or found.device.type != "cpu":
        raise refused(f"{at} is no plain tensor")
    # The shape comes first: a tensor of stride 0 is as large as it says only once it is read.
    if found.shape != expected.shape:
        raise refused(f"{at} is {tuple(found.shape)}, {tuple(expected.shape)} expected")
    if found.dtype != expected.dtype:
        raise refused(f"{at} is {found.dtype}, {expected.dtype} expected")
    if not found.isfinite().all():
        raise refused(f"{at} has values that are not finite")


def finite(state: dict[str, Any]) -> None:
    """Refuse a run's state with a tensor that is not: such a state is never saved."""
    for name in _not_finite(state, ""):
        message = f"{name} is not finite after epoch {state['epoch']}, step {state['step']}"
        hint = "a smaller learning rate often helps; the last checkpoint is from before"
        raise NetspecError(message, hint)


def _not_finite(state: Any, at: str) -> Iterator[str]:
    if isinstance(state, Tensor) and not state.isfinite().all():
        yield at
    elif isinstance(state, Mapping):
        for key, value in state.items():
            yield from _not_finite(value, f"{at}.{key}" if at else str(key))


def _kind(right: bool, name: str, at: str) -> None:
    if not right:
        raise refused(f"{at} is not {name}")


def _name(expected: bool | str | None) -> str:
    return {bool: "true or false", str: "text"}.get(type(expected), "empty")


def refused(message: str) -> NetspecError:
    return NetspecError(f"the checkpoint does not fit the spec: {message}")
