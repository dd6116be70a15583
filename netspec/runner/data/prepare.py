"""uint8 pixels, or numbers → what the network reads."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from netspec.diagnostic import Fault
from netspec.language.training import Data
from netspec.runner.data.augment import augmenter
from netspec.runner.data.images import Feed
from netspec.runner.data.mixer import Mixer
from netspec.runner.data.moments import histogram, moments, spread
from netspec.runner.together.chance import Chance
from netspec.runner.together.world import ALONE, World


class Prepare:
    """Normalizes batches, with `chance` augments them first; on whatever device they are."""

    def __init__(
        self,
        data: Data,
        images: Feed,
        shape: tuple[int, ...],
        world: World = ALONE,
        device: torch.device | None = None,
        classes: int = 0,
    ) -> None:
        """`classes` is how many labels may name, for samples that are learnt from."""
        channels = images.shape[0]
        if data.mean and len(data.mean) != channels:
            what = "samples" if images.numbers else "images"
            message = f"mean is for {len(data.mean)} channels, {what} have {channels}"
            raise Fault("data-mismatch", message, at=("mean",))
        mean, std = data.mean, data.std
        if not (mean and std):
            mean, std = measured(images, world)
        if images.numbers and data.augment:
            message = "augmentations are for images, these samples are numbers"
            raise Fault("data-mismatch", message, "leave augment out", ("augment",))
        self.shape, self.mean, self.std = shape, mean, [one or 1.0 for one in std]
        device = device or world.device
        axes = (-1, *(1 for _ in images.shape[1:]))
        self._mean = torch.tensor(self.mean, device=device).view(axes)
        self._std = torch.tensor(self.std, device=device).view(axes)
        self._numbers = images.numbers
        self._augment = augmenter(data.augment, images.shape)
        self._mix = Mixer(data.mix, images.numbers, classes)

    def __call__(self, pixels: Tensor, chance: Chance | None = None) -> Tensor:
        x = self._scaled(pixels)
        return self._normalized(self._augment(x, chance) if chance else x)

    @property
    def mixes(self) -> bool:
        """Whether what is learnt from takes the sample before each part of a batch."""
        return bool(self._mix)

    def both(self, pixels: Tensor, targets: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
        """Augmented images and their targets: masks, (N, H, W), are moved as their images are.

        Where it mixes, classes become shares of them, and the first sample is the one before the
        part of the batch, which is left out.
        """
        if self._mix:
            x = self._augment(self._scaled(pixels), replace(chance, before=True))
            mixed, shares = self._mix(x, targets, chance)
            return self._normalized(mixed), shares
        if targets.dim() != 3:
            return self(pixels, chance), targets
        x, masks = self._augment.both(self._scaled(pixels), targets, chance)
        return self._normalized(x), masks

    def _scaled(self, pixels: Tensor) -> Tensor:
        return pixels if self._numbers else pixels.float() / 255

    def _normalized(self, x: Tensor) -> Tensor:
        x = (x - self._mean) / self._std
        if len(self.shape) == 1:
            return x.flatten(1)
        return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x


def measured(images: Feed, world: World) -> tuple[list[float], list[float]]:
    """Mean and standard deviation per channel or column; processes share the work."""
    if not images.numbers:
        return moments(_counts(images, world))
    mine, channels = torch.arange(len(images))[world.part(len(images))], images.shape[0]
    picks = torch.split(mine, 500)
    return spread(lambda: (numbers for numbers, _ in images.batches(picks)), channels, world)


def _counts(images: Feed, world: World) -> Tensor:
    """How often each channel has each of the 256 values; processes share the work."""
    counts = torch.zeros(images.shape[0], 256, dtype=torch.long, device=world.device)
    mine = torch.arange(len(images))[world.part(len(images))]
    for pixels, _ in images.batches(torch.split(mine, 500)):
        counts += histogram(pixels)
    return world.sum(counts)
