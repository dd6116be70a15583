"""What to say where a loss is not finite."""

from __future__ import annotations

from math import isfinite

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from netspec.diagnostic import NetspecError

_INPUT = "the input"
_HINT = "a smaller learning rate often helps; the last checkpoint is from before"
_DATA = "see train.data: a std close to 0, or an augmentation with numbers out of all proportion"


def check(losses: Tensor, epoch: int, model: nn.Module, x: Tensor) -> None:
    """Refuse an epoch's losses where one is not finite, with step and layer.

    `x` is the last batch; the layer is the first to give something that is not finite for it.
    """
    bad = losses.isfinite().logical_not()
    if not bad.any():
        return
    step = int(bad.int().argmax())
    layer = _first(model, x)
    cause = f"{layer} is the first that is not finite" if layer else "all layers are finite"
    where = f"loss is {float(losses[step])} at step {step + 1} of epoch {epoch}"
    raise NetspecError(f"{where}, {cause}", _DATA if layer == _INPUT else _HINT)


def take_step(descent: Optimizer, step: int, epoch: int) -> None:
    """Step; NetspecError where the optimizer works out a number that float32 cannot hold."""
    try:
        descent.step()
    except (RuntimeError, OverflowError) as error:
        if isinstance(error, RuntimeError) and "overflow" not in str(error):
            raise
        name = type(descent).__name__
        where = f"step {step} of epoch {epoch}"
        raise NetspecError(f"{name} leaves the range of float32 at {where}", _HINT) from None


def check_judged(loss: float, judged: str, epoch: int) -> None:
    """Refuse a loss on the images of `judged` that is not finite."""
    if not isfinite(loss):
        raise NetspecError(f"{judged} loss is {loss} after epoch {epoch}", _HINT)


@torch.no_grad()
def _first(model: nn.Module, x: Tensor) -> str | None:
    """The module path of the first leaf that gives something not finite."""
    found: list[str] = []

    def watch(name: str) -> object:
        def see(module: nn.Module, given: object, y: Tensor) -> None:
            if not y.isfinite().all():
                found.append(f"the output of {name}")

        return see

    if not x.isfinite().all():
        return _INPUT
    leaves = [(name, leaf) for name, leaf in model.named_modules() if not any(leaf.children())]
    hooks = [leaf.register_forward_hook(watch(name)) for name, leaf in leaves]
    try:
        model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else None
