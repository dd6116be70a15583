"""The table of operations that are no module: what each of them becomes.

An entry takes what the function takes, by torch's names and with its defaults, values in place of
tensors that depend on the input; what else there is to know of the operation is in `op`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netspec import layers
from netspec.capture.layers import stated
from netspec.capture.step import Leaf, NoLayer, Step
from netspec.capture.values import Constant, Op, Value, Weight

TABLE: dict[str, Callable[..., Step]] = {}
MODULES: dict[str, Callable[[Op, Any], Step]] = {}
"""Modules of torch that are another layer in a spec, by their class."""


def entry(*names: str) -> Callable[[Callable[..., Step]], Callable[..., Step]]:
    """Enter a function under these names."""

    def enter(function: Callable[..., Step]) -> Callable[..., Step]:
        TABLE.update(dict.fromkeys(names, function))
        return function

    return enter


def leaf(kind: str, given: dict[str, Any], weights: dict[str, Any] | None = None) -> Leaf:
    """A layer of a kind with the arguments that are not its defaults."""
    model = layers.find(kind)
    if model is None:
        raise NoLayer(f"netspec has no {kind}")
    held = {name: one for name, one in (weights or {}).items() if isinstance(one, Weight)}
    return Leaf(kind, stated(model, given), held)


def learnt(**weights: Any) -> None:
    """Refuse weights that are worked out, or that depend on the input."""
    for name, one in weights.items():
        if one is None or isinstance(one, Weight):
            continue
        if isinstance(one, Value):
            raise NoLayer(f"its {name} depends on the input", "a layer's weights are its own")
        made = f" from {one.of}" if isinstance(one, Constant) and one.of else ""
        raise NoLayer(
            f"its {name} is worked out{made} in each run, and a layer has its own",
            "torch.nn.utils.parametrize.remove_parametrizations makes it one",
        )
