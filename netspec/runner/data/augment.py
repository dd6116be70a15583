"""The augmentations of a spec, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from netspec.diagnostic import Fault
from netspec.language.training import AugmentationTraits, Choice
from netspec.runner.data import augmentations
from netspec.runner.together.chance import Chance

Augment = Callable[[Tensor, Chance], Tensor]


def augmenter(choices: Sequence[Choice[AugmentationTraits]], shape: tuple[int, ...]) -> Augment:
    """All of them in order, for images of `shape`; Fault where one cannot be used."""
    for index, choice in enumerate(choices):
        _check(choice, index, shape)
    changes = [partial(getattr(augmentations, name), **arguments) for name, arguments, _ in choices]

    def augment(x: Tensor, chance: Chance) -> Tensor:
        for change in changes:
            x = change(x, chance)
        return x

    return augment


def _check(choice: Choice[AugmentationTraits], index: int, shape: tuple[int, ...]) -> None:
    at = ("augment", index, choice.name)
    size, padding, value = (choice.arguments.get(name) for name in ("size", "padding", "value"))
    if size and size != shape[-2:]:
        message = f"{choice.name} gives {size[0]} x {size[1]}, images are {shape[-2]} x {shape[-1]}"
        raise Fault("data-mismatch", message, "leave size out", (*at, "size"))
    if padding and choice.arguments["padding_mode"] == "reflect" and padding >= min(shape[-2:]):
        message = f"cannot reflect {padding} pixels of an image of {shape[-2]} x {shape[-1]}"
        raise Fault("data-mismatch", message, None, (*at, "padding"))
    if value and abs(value) > torch.finfo(torch.float32).max:
        message = f"{choice.name} puts {value:g} into float32, which does not hold it"
        raise Fault("number-too-large", message, "pixels are between 0 and 1", (*at, "value"))
