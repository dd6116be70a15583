"""Images with masks, in files that are read when their batch is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor
from torch.utils.data import Dataset as Torch

from netspec.diagnostic import NetspecError
from netspec.network.device import CPU
from netspec.runner.data.contents import LENGTH, Contents, digest
from netspec.runner.data.images import Digest, Images, Shape
from netspec.runner.data.masks import Pair, Way
from netspec.runner.data.stream import loaded


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pixels and masks come as they would from memory, bit for bit."""

    contents: Contents
    """All images, then the mask of each."""
    below: Path
    """The folder that files are named from."""
    way: Way
    workers: int
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.contents) // 2

    @property
    def labels(self) -> Tensor:
        """(N, 0, 0): no mask is known before its file is read."""
        return torch.empty(len(self), 0, 0, dtype=torch.uint8)

    @property
    def numbers(self) -> bool:
        """Files of images have pixels."""
        return False

    @property
    def shape(self) -> Shape:
        return self.way.shape

    @property
    def stored(self) -> int:
        return len(self)

    def batches(self, picks: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        found = loaded(_Decoded(self.contents, self.way), picks, self.workers, self.device)
        for pick, (pixels, masks, digests) in zip(picks, found, strict=True):
            self.contents.learn(self._files(pick.cpu()), digests)
            here = pixels.to(self.device, non_blocking=True)
            yield here, masks.to(self.device, non_blocking=True)

    def read(self) -> Images:
        """All of them in memory."""
        decoded, (height, width) = _Decoded(self.contents, self.way), self.shape[1:]
        pixels = numpy.empty((len(self), *self.shape), numpy.uint8)
        masks = numpy.empty((len(self), height, width), numpy.uint8)
        for index in range(len(self)):
            pixels[index], masks[index], _ = decoded.one(index)
        return Images(torch.from_numpy(pixels), torch.from_numpy(masks))

    def digest(self, into: Digest) -> None:
        self.contents.name(self.below, into)

    def take(self, picks: Tensor) -> Pairs:
        return replace(self, contents=self.contents.take(self._files(picks)))

    def to(self, device: torch.device) -> Pairs:
        return replace(self, device=device)

    def resized(self, size: Shape) -> Pairs:
        way = self.way._replace(shape=(self.shape[0], *size), resize=True)
        return replace(self, way=way)

    def _files(self, picks: Tensor) -> Tensor:
        return torch.cat((picks, picks + len(self)))


class _Decoded(Torch[Any]):
    def __init__(self, contents: Contents, way: Way) -> None:
        self.files, self.way = contents.files, way

    def one(self, index: int) -> tuple[Any, Any, tuple[bytes, bytes]]:
        """Image, mask, and the digests of what is in their files."""
        of = self.files[index], self.files[index + len(self.files) // 2]
        pair = Pair(*(Contents.named(file) for file in of))
        image, mask = pair.contents()
        return *self.way.read(pair, image, mask), (digest(image), digest(mask))

    def __getitems__(self, picks: list[int]) -> tuple[Any, ...]:
        """(N, C, H, W), (N, H, W) and digests, or a message."""
        pixels = numpy.empty((len(picks), *self.way.shape), numpy.uint8)
        masks = numpy.empty((len(picks), *self.way.shape[1:]), numpy.uint8)
        digests = numpy.empty((2, len(picks), LENGTH), numpy.uint8)
        try:
            for index, pick in enumerate(picks):
                pixels[index], masks[index], told = self.one(pick)
                for of, one in zip(digests, told, strict=True):
                    of[index] = numpy.frombuffer(one, numpy.uint8)
        except NetspecError as error:
            return str(error), error.help
        found = pixels, masks, digests.reshape(-1, LENGTH)
        return tuple(torch.from_numpy(array) for array in found)
