"""Data sets in memory: every image as one uint8 tensor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import torch
from torch import Tensor
from torch.nn import functional

from netspec.diagnostic import Fault, NetspecError

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Images:
    pixels: Tensor
    """(N, C, H, W), uint8."""
    labels: Tensor
    """(N,), int64."""

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, picks: Tensor) -> Images:
        return Images(self.pixels[picks], self.labels[picks])

    def to(self, device: torch.device) -> Images:
        return Images(self.pixels.to(device), self.labels.to(device))

    def resized(self, size: Shape) -> Images:
        """Return them at another height and width, bilinear."""
        if self.pixels.shape[2:] == size:
            return self
        parts = [
            functional.interpolate(part.float(), size, mode="bilinear", antialias=True)
            .round_()
            .clamp_(0, 255)
            .byte()
            for part in torch.split(self.pixels, 1000)
        ]
        return Images(torch.cat(parts), self.labels)


@dataclass(frozen=True, slots=True)
class Dataset:
    name: str
    train: Images
    judge: Images
    """What accuracy is measured on; the network never learns from it."""
    classes: tuple[str, ...]
    judged: str = "test"
    """What `judge` is: test, or val where a part of the training images is held back."""

    def to(self, device: torch.device) -> Dataset:
        return replace(self, train=self.train.to(device), judge=self.judge.to(device))

    def digest(self) -> str:
        """Return the SHA-256 of every image and label."""
        found = sha256()
        for images in (self.train, self.judge):
            for tensor in (images.pixels, images.labels):
                found.update(f"{tuple(tensor.shape)}".encode())
                found.update(tensor.cpu().contiguous().numpy().data)
        return found.hexdigest()

    def checked(self) -> Dataset:
        """Return it; raise NetspecError where images and labels cannot be right."""
        for name, images in (("training", self.train), (self.judged, self.judge)):
            pixels, labels = images.pixels, images.labels
            if not len(images):
                raise NetspecError(f"{self.name}: no {name} images")
            if len(pixels) != len(labels):
                counts = f"{len(pixels)} {name} images, {len(labels)} labels"
                raise NetspecError(f"{self.name}: {counts}", "the files are damaged")
            low, high = int(labels.min()), int(labels.max())
            if low < 0 or high >= len(self.classes):
                wrong = low if low < 0 else high
                message = f"{name} label {wrong} is outside 0 to {len(self.classes) - 1}"
                raise NetspecError(f"{self.name}: {message}", "the files are damaged")
        return self

    def fitted(self, shape: Shape, output: Shape, resize: bool) -> Dataset:
        """Return it in the size that the network reads; raise Fault where it cannot be used."""
        if output != (len(self.classes),):
            message = (
                f"{self.name} has {len(self.classes)} classes, the network gives {_text(output)}"
            )
            hint = f"end it with Flatten and {len(self.classes)} outputs"
            raise Fault("data-mismatch", message, hint, ("dataset",))
        image = tuple(self.train.pixels.shape[1:])
        flat = len(shape) == 1 and shape[0] == image[0] * image[1] * image[2]
        if shape == image or flat:
            return self
        if len(shape) == 3 and shape[0] == image[0] and resize:
            train, judge = self.train.resized(shape[1:]), self.judge.resized(shape[1:])
            return replace(self, train=train, judge=judge)
        message = f"images of {self.name} are {_text(image)}, the network reads {_text(shape)}"
        resizable = len(shape) == 3 and shape[0] == image[0]
        hint = "resize: true would do" if resizable else f"input: {list(image)} would fit"
        raise Fault("data-mismatch", message, hint, ("dataset",))

    def held_back(self, fraction: float, seed: int) -> Dataset:
        """Return it judged on a part of its training images, the same share of every class."""
        train, val = stratified(self.train.labels, fraction, seed)
        return replace(self, train=self.train.take(train), judge=self.train.take(val), judged="val")


def stratified(labels: Tensor, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Return the indexes of two parts in order; the second has `fraction` of each class."""
    chance = torch.Generator().manual_seed(seed)
    second = torch.zeros(len(labels), dtype=torch.bool)
    for label in range(int(labels.max()) + 1):
        of_class = (labels == label).nonzero().flatten()
        order = torch.randperm(len(of_class), generator=chance)
        second[of_class[order[: round(fraction * len(of_class))]]] = True
    return (~second).nonzero().flatten(), second.nonzero().flatten()


def moments(pixels: Tensor) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation per channel, of pixels as 0 to 1."""
    channels = pixels.transpose(0, 1).flatten(1)
    values = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for channel in channels:
        # Counting the 256 values is exact in any order, and needs no float copy of the data.
        share = torch.bincount(channel, minlength=256).double() / channel.numel()
        mean = (share * values).sum()
        means.append(float(mean))
        deviations.append(float((share * (values - mean) ** 2).sum().sqrt()))
    return means, deviations


def _text(shape: Shape) -> str:
    return " x ".join(map(str, shape))
