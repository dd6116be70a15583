"""Data sets in memory: every image as one uint8 tensor, or every sample as one of floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import prod
from typing import Any, Protocol, Self

import torch
from torch import Tensor
from torch.nn import functional

from netspec.diagnostic import Fault, NetspecError
from netspec.language.training.tasks import classification
from netspec.runner import tasks
from netspec.runner.data.contents import Contents

Shape = tuple[int, ...]


class Digest(Protocol):
    def update(self, data: Any, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Images:
    pixels: Tensor
    """(N, C, H, W), uint8; of samples that are no images (N, *), float32."""
    labels: Tensor
    """(N,), int64; targets of another task (N, T), float32."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbers(self) -> bool:
        """Whether they are numbers as they come, and no pixels."""
        return self.pixels.dtype != torch.uint8

    @property
    def shape(self) -> Shape:
        """(C, H, W) of one, or (C, *) or (F,) of a sample that is no image."""
        return tuple(self.pixels.shape[1:])

    @property
    def stored(self) -> int:
        return len(self.pixels)

    @property
    def contents(self) -> None:
        """Nothing of it stays on the disk."""

    def batches(self, picks: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        """Pixels and labels of each pick of indexes."""
        if picks:
            whole = torch.cat(list(picks)).to(self.labels.device)
            for some in torch.split(whole, [len(pick) for pick in picks]):
                # Indexing by a tensor takes ten times as long on the CPU.
                yield self.pixels.index_select(0, some), self.labels.index_select(0, some)

    def digest(self, into: Digest) -> None:
        for tensor in (self.pixels, self.labels):
            into.update(f"{tuple(tensor.shape)}".encode())
            into.update(tensor.cpu().contiguous().numpy().data)

    def take(self, picks: Tensor) -> Self:
        return type(self)(self.pixels[picks], self.labels[picks])

    def read(self) -> Images:
        return self

    def to(self, device: torch.device) -> Self:
        return type(self)(self.pixels.to(device), self.labels.to(device))

    def resized(self, size: Shape) -> Self:
        """The same at another height and width, bilinear."""
        if self.pixels.shape[2:] == size:
            return self
        parts = [
            functional.interpolate(part.float(), size, mode="bilinear", antialias=True)
            .round_()
            .clamp_(0, 255)
            .byte()
            for part in torch.split(self.pixels, 1000)
        ]
        return type(self)(torch.cat(parts), self.labels)


class Feed(Protocol):
    """Images by their indexes, in memory or on the disk."""

    @property
    def labels(self) -> Tensor: ...
    @property
    def numbers(self) -> bool: ...
    @property
    def shape(self) -> Shape: ...
    @property
    def stored(self) -> int: ...
    @property
    def contents(self) -> Contents | None: ...
    def __len__(self) -> int: ...
    def batches(self, picks: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]: ...
    def digest(self, into: Digest) -> None: ...
    def take(self, picks: Tensor) -> Self: ...
    def to(self, device: torch.device) -> Self: ...
    def resized(self, size: Shape) -> Self: ...
    def read(self) -> Images: ...


@dataclass(frozen=True, slots=True)
class Dataset:
    name: str
    train: Feed
    judge: Feed
    """What figures are measured on; the network never learns from it."""
    classes: tuple[str, ...]
    judged: str = "test"
    """What `judge` is: test, or val where a part of the training images is held back."""
    notes: tuple[str, ...] = ()
    """What to say of how it was read, each in one line."""
    columns: tuple[str, ...] = ()
    """Names of what a sample has, where it comes from a table."""
    task: str = classification.__name__
    """What its targets are for."""
    targets: tuple[str, ...] = ()
    """Names of the numbers that it has in place of classes."""

    @property
    def names(self) -> tuple[str, ...]:
        """What it has a name for: of each number that a network is to give."""
        return self.targets or self.classes

    @property
    def what(self) -> str:
        """What it holds: images, or samples of another kind."""
        return "samples" if self.train.numbers else "images"

    @property
    def contents(self) -> dict[str, Contents]:
        """What is known of its files, of each part that stays on the disk."""
        parts = {"train": self.train.contents, "judge": self.judge.contents}
        return {name: known for name, known in parts.items() if known}

    @property
    def recorded(self) -> int:
        """Bytes that a checkpoint has of that at most."""
        return sum(known.recorded for known in self.contents.values())

    def to(self, device: torch.device) -> Dataset:
        return replace(self, train=self.train.to(device), judge=self.judge.to(device))

    def digest(self) -> str:
        """The SHA-256 of every label, and of every image or its file's name and size."""
        found = sha256()
        for images in (self.train, self.judge):
            images.digest(found)
        return found.hexdigest()

    def checked(self) -> Dataset:
        """The same; NetspecError where images and labels cannot be right."""
        for name, images in (("training", self.train), (self.judged, self.judge)):
            labels = images.labels
            if not len(images):
                raise NetspecError(f"{self.name}: no {name} {self.what}")
            if images.stored != len(labels):
                counts = f"{images.stored} {name} {self.what}, {len(labels)} labels"
                raise NetspecError(f"{self.name}: {counts}", "the files are damaged")
            tasks.of(self.task).check(self, name, labels)
        return self

    def fitted(self, shape: Shape, output: Shape, resize: bool) -> Dataset:
        """The same in the size that the network reads; Fault where it cannot be used."""
        task, names = tasks.of(self.task), len(self.names)
        if output != task.traits.output(names, shape):
            has = task.traits.counted(names)
            message = f"{self.name} has {has}, the network gives {_text(output)}"
            raise Fault("data-mismatch", message, task.ending(names, output), ("dataset",))
        image = self.train.shape
        pixels = not self.train.numbers
        flat = pixels and shape == (prod(image),)
        if shape == image or flat:
            return self
        if pixels and len(shape) == 3 and shape[0] == image[0] and resize:
            train, judge = self.train.resized(shape[1:]), self.judge.resized(shape[1:])
            return replace(self, train=train, judge=judge)
        there, wanted = (_text(image), _text(shape)) if pixels else (list(image), list(shape))
        message = f"{self.what} of {self.name} are {there}, the network reads {wanted}"
        resizable = pixels and len(shape) == 3 and shape[0] == image[0]
        hint = "resize: true would do" if resizable else f"input: {list(image)} would fit"
        raise Fault("data-mismatch", message, hint, ("dataset",))

    def held_back(self, fraction: float, seed: int) -> Dataset:
        """The same judged on a part of its training images, as its task draws them."""
        task = tasks.of(self.task)
        train, val = (self.train.take(pick) for pick in task.split(self, fraction, seed))
        found = replace(self, train=train, judge=val, judged="val")
        return replace(found, notes=self.notes + task.held_back(found, fraction))

    def read(self) -> Dataset:
        """The same in memory."""
        train = self.train.read()
        judge = train if self.judge is self.train else self.judge.read()
        return replace(self, train=train, judge=judge)


def stratified(labels: Tensor, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """The indexes of two parts in order; the second has `fraction` of each class."""
    chance = torch.Generator().manual_seed(seed)
    second = torch.zeros(len(labels), dtype=torch.bool)
    for label in range(int(labels.max()) + 1):
        of_class = (labels == label).nonzero().flatten()
        order = torch.randperm(len(of_class), generator=chance)
        second[of_class[order[: round(fraction * len(of_class))]]] = True
    return (~second).nonzero().flatten(), second.nonzero().flatten()


def _text(shape: Shape) -> str:
    return " x ".join(map(str, shape))
