"""uint8 pixels → what the network reads."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from netspec.diagnostic import Fault
from netspec.runtime.augment import augmenter
from netspec.runtime.images import Images, moments
from netspec.training import Data


class Prepare:
    """Normalizes batches, with `chance` augments them first; on whatever device they are."""

    def __init__(self, data: Data, images: Images, shape: tuple[int, ...]) -> None:
        channels = images.pixels.shape[1]
        if data.mean and len(data.mean) != channels:
            message = f"mean is for {len(data.mean)} channels, images have {channels}"
            raise Fault("data-mismatch", message, at=("mean",))
        mean, std = (data.mean, data.std) if data.mean and data.std else moments(images.pixels)
        self.shape, self.mean, self.std = shape, mean, [one or 1.0 for one in std]
        device = images.pixels.device
        self._mean = torch.tensor(self.mean, device=device).view(-1, 1, 1)
        self._std = torch.tensor(self.std, device=device).view(-1, 1, 1)
        self._augment = augmenter(data.augment, tuple(images.pixels.shape[1:]))

    def __call__(self, pixels: Tensor, chance: Generator | None = None) -> Tensor:
        x = pixels.float() / 255
        if chance:
            x = self._augment(x, chance)
        x = (x - self._mean) / self._std
        if len(self.shape) == 1:
            return x.flatten(1)
        return x.contiguous(memory_format=torch.channels_last)
