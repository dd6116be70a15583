"""Networks that take images, or numbers, as they come."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn


class _Reading(nn.Sequential):
    """Layers in a row of which the first reads what is made of the input before.

    The state_dict is that of the layers alone; a part of the network from its first layer on makes
    the same of its input, any other takes what the layer before it gives.
    """

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return super().__getitem__(index)
        layers = OrderedDict(list(self._modules.items())[index])
        first = index.indices(len(self))[0] == 0
        return self._like(layers).train(self.training) if first else nn.Sequential(layers)

    def __add__(self, other: nn.Sequential) -> nn.Sequential:
        return self._like(super().__add__(other)._modules).train(self.training)

    def _like(self, layers: Any) -> nn.Sequential:
        raise NotImplementedError


class Normalizing(_Reading):
    """Layers in a row that read uint8 images, or floats from 0 to 1, and normalize them first.

    Images are (N, C, H, W).
    """

    if TYPE_CHECKING:  # torch.jit.script looks annotations up, and does not find them
        _mean: Tensor
        _std: Tensor
        _flat: bool

    def __init__(
        self, layers: OrderedDict[str, nn.Module], mean: Tensor, std: Tensor, flat: bool
    ) -> None:
        """`mean` and `std` are of each channel; `flat` is for layers that read vectors."""
        super().__init__(layers)
        self.register_buffer("_mean", mean, persistent=False)
        self.register_buffer("_std", std, persistent=False)
        self._flat = flat

    def forward(self, x: Tensor) -> Tensor:
        """What the layers say to images."""
        x = normalized(x, self._mean, self._std, self._flat)
        for layer in self:
            x = layer(x)
        return x

    def _like(self, layers: Any) -> nn.Sequential:
        return Normalizing(OrderedDict(layers), self._mean, self._std, self._flat)


class Standardizing(_Reading):
    """Layers in a row that read numbers as they come, and standardise them first."""

    if TYPE_CHECKING:
        _mean: Tensor
        _std: Tensor

    def __init__(
        self, layers: OrderedDict[str, nn.Module], mean: Tensor, std: Tensor, axes: int
    ) -> None:
        """`mean` and `std` are of each channel or column of samples that have so many `axes`."""
        super().__init__(layers)
        self.register_buffer("_mean", mean.view(-1, *[1] * (axes - 1)), persistent=False)
        self.register_buffer("_std", std.view(-1, *[1] * (axes - 1)), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """What the layers say to samples, (N, *)."""
        x = (x.to(self._mean.dtype) - self._mean) / self._std
        for layer in self:
            x = layer(x)
        return x

    def _like(self, layers: Any) -> nn.Sequential:
        return Standardizing(OrderedDict(layers), self._mean, self._std, self._mean.dim())


def normalized(x: Tensor, mean: Tensor, std: Tensor, flat: bool) -> Tensor:
    """Images as a network learnt to read them: (N, C, H, W), or (N, F) of those where `flat`.

    Raises ValueError where they are no uint8 images, nor floats from 0 to 1.
    """
    if x.dtype == torch.uint8:
        x = x.to(mean.dtype) / 255
    elif x.is_floating_point():
        _check(x)
        x = x.to(mean.dtype)
    else:
        raise ValueError("images are uint8, or floats from 0 to 1")
    if flat:
        batch = 1 if x.dim() > 1 else 0
        channels = torch.unflatten(x.flatten(batch), batch, [mean.numel(), -1])
        return ((channels - mean.view(-1, 1)) / std.view(-1, 1)).flatten(batch)
    if x.dim() < 3 or x.size(-3) != mean.numel():
        raise ValueError("images are (N, C, H, W), C as in training; x[:, None] adds a channel")
    return (x - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)


def _check(x: Tensor) -> None:
    """Refuse floats that are not from 0 to 1, but for what resizing may take beyond."""
    if not torch.jit.is_scripting():  # type: ignore[attr-defined]
        _explain(x)
    elif x.numel() > 0 and not bool((x.min() >= -0.001) & (x.max() <= 1.001)):
        raise ValueError(
            "images are uint8, or floats from 0 to 1; load_run(path, normalize=False) takes what "
            "is normalized already"
        )


def _explain(x: Tensor) -> None:
    """Refuse them with the numbers, where those can be looked at: while traced there are none."""
    traced: bool = torch.jit.is_tracing()  # type: ignore[attr-defined,no-untyped-call]
    if traced or torch.compiler.is_compiling() or not x.numel():
        return
    low, high = (float(end) for end in torch.aminmax(x))
    if not -0.001 <= low <= high <= 1.001:
        raise ValueError(
            f"pixels from {low:.3g} to {high:.3g}: images are uint8, or floats from 0 to 1; "
            "load_run(path, normalize=False) takes what is normalized already"
        )


# Traced as one operation, for what it does depends on the images.
torch.fx.wrap("normalized")
