"""The augmentations of a spec, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from netspec.diagnostic import Fault
from netspec.language.training import AugmentationTraits, Choice
from netspec.runner.data import augmentations
from netspec.runner.together.chance import Chance, Noted

LEFT_OUT = 255
"""What a mask has where nobody says what is there: it counts in no loss and in no figure."""
_MASK = {"interpolation": "nearest", "fill": LEFT_OUT}
"""How a mask is moved where an image is by other ways: classes are no numbers between others."""


class Augment:
    """All augmentations in order; an image and its mask are moved by the same draws."""

    def __init__(self, choices: Sequence[Choice[AugmentationTraits]]) -> None:
        self._changes = [
            (_change(name, arguments), traits.moves and _change(name, arguments, _MASK))
            for name, arguments, traits in choices
        ]

    def __call__(self, x: Tensor, chance: Chance) -> Tensor:
        for change, _ in self._changes:
            x = change(x, chance)
        return x

    def both(self, x: Tensor, masks: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W), and masks (N, H, W) of classes."""
        moved = masks[:, None].to(x.dtype)
        for change, move in self._changes:
            noted = Noted.of(chance)
            x = change(x, noted)
            if move:
                moved = move(moved, noted.again())
        return x, moved[:, 0].to(masks.dtype)


def augmenter(choices: Sequence[Choice[AugmentationTraits]], shape: tuple[int, ...]) -> Augment:
    """All of them in order, for images of `shape`; Fault where one cannot be used."""
    for index, choice in enumerate(choices):
        _check(choice, index, shape)
    return Augment(choices)


def _change(
    name: str, arguments: dict[str, Any], others: dict[str, Any] | None = None
) -> Callable[..., Tensor]:
    there = {key: value for key, value in (others or {}).items() if key in arguments}
    return partial(getattr(augmentations, name), **{**arguments, **there})


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
