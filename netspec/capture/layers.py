"""Modules of torch that are layers of a spec, and their arguments."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from netspec import layers
from netspec.layers.base import Composite, Layer

_CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)
_UNSAID = {"inplace", "device", "dtype"}
"""Arguments that change nothing of what is computed."""


_SEEN: dict[type, str | None] = {}


def _known(cls: type) -> str | None:
    """The kind of layer that a class is, whether a spec has it or not; None for any other class."""
    kind, home = cls.__name__, cls.__module__
    if home.startswith("torch.nn.modules"):
        return None if cls in _CONTAINERS or cls is nn.Module else kind
    model = layers.find(kind)
    if model is None or issubclass(model, Composite):
        return None
    return kind if f"{home}.".startswith(f"{model.module}.") else None


def kind_of(module: nn.Module) -> str | None:
    """The kind of layer that a module is; None where it does anything else.

    A subclass, a hook and a forward of its own can change what it does, so they are not that layer.
    """
    hooks = module._forward_hooks or module._forward_pre_hooks
    cls = type(module)
    if cls not in _SEEN:
        _SEEN[cls] = _known(cls)
    return None if hooks or "forward" in module.__dict__ else _SEEN[cls]


def arguments(module: nn.Module, kind: str) -> dict[str, Any]:
    """The arguments of a layer that differ from their defaults, by name in torch's order."""
    model = layers.find(kind)
    assert model is not None
    found: dict[str, Any] = {}
    for name in model.model_fields:
        if name == "bias":
            # Norms have an argument of that name since torch 2.12, and none without weights.
            if module.bias is None and getattr(module, "weight", None) is not None:
                found[name] = False
        elif hasattr(module, name) and not isinstance(getattr(module, name), Tensor):
            found[name] = getattr(module, name)
    own = "stride" in found and model.model_fields["stride"].default is None
    if own and found["stride"] == found["kernel_size"]:
        del found["stride"]  # what a pool does of itself
    return stated(model, found)


def stated(model: type[Layer], given: dict[str, Any]) -> dict[str, Any]:
    """The given arguments that a person would have written, as YAML has them."""
    infers = getattr(model, "infers", None)
    said: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name not in given or name in _UNSAID or (infers and name == infers[0]):
            continue
        value = _plain(given[name], _spreads(field.metadata))
        if field.is_required() or value != _plain(field.default, spreads=True):
            said[name] = value
    return said


def _spreads(metadata: list[Any]) -> bool:
    return any(getattr(each, "spreads", False) for each in metadata)


def _plain(value: Any, spreads: bool) -> Any:
    if isinstance(value, tuple | list | torch.Size):
        every = [_plain(one, False) for one in value]
        same = spreads and every and every.count(every[0]) == len(every) and every[0] is not None
        return every[0] if same else every
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
