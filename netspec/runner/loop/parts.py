"""Parts of a model that are frozen, or trained at rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from netspec.language.training import Train
from netspec.language.training.parts import covers


def freeze(parts: Sequence[str], model: nn.Module) -> None:
    """Take the weights of these parts out of training."""
    for part in parts:
        model.get_submodule(part).requires_grad_(False)


def train(parts: Sequence[str], model: nn.Module) -> None:
    """Put a model into training mode, but for norms in frozen parts.

    These use the running statistics that they came with and keep them, as they do in evaluation.
    """
    model.train()
    for part in parts:
        for module in model.get_submodule(part).modules():
            if isinstance(module, _NormBase) and module.track_running_stats:
                module.eval()


def groups(train: Train, model: nn.Module) -> list[dict[str, Any]]:
    """The weights that are trained, as torch's optimizers take them: the rest, then each group.

    A weight is in the group with the longest name of those that it is in.
    """
    found: dict[str, list[nn.Parameter]] = {"": [], **{name: [] for name in train.groups}}
    for name, weight in model.named_parameters():
        if any(covers(part, name) for part in train.freeze):
            continue
        owners = [part for part in train.groups if covers(part, name)]
        found[max(owners, key=len, default="")].append(weight)
    said = {name: group.model_dump(exclude_none=True) for name, group in train.groups.items()}
    return [{"params": of, **said.get(name, {})} for name, of in found.items() if of]
