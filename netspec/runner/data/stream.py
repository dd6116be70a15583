"""Image files that are read when their batch is due."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as Torch

from netspec.diagnostic import NetspecError
from netspec.network.device import CPU
from netspec.runner.data.contents import LENGTH, Contents, digest
from netspec.runner.data.decode import Pixels, content, decoded
from netspec.runner.data.images import Digest, Images, Shape

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Streamed:
    """Pixels come as they would from memory, bit for bit."""

    contents: Contents
    labels: Tensor
    below: Path
    """The folder that files are named from."""
    shape: Shape
    resize: bool
    upright: bool
    workers: int
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbers(self) -> bool:
        """Files of images have pixels."""
        return False

    @property
    def stored(self) -> int:
        return len(self.contents)

    def batches(self, picks: Sequence[Tensor]) -> Iterator[Batch]:
        found = loaded(self._decoded(), picks, self.workers, self.device)
        for pick, (pixels, digests) in zip(picks, found, strict=True):
            self.contents.learn(pick, digests)
            labels = self.labels[pick]
            if self.device.type == "cuda":
                labels = labels.pin_memory()
            here = pixels.to(self.device, non_blocking=True)
            yield here, labels.to(self.device, non_blocking=True)

    def read(self) -> Images:
        """All of them in memory."""
        decoded = self._decoded()
        pixels = numpy.empty((len(self), *self.shape), numpy.uint8)
        for index in range(len(self)):
            pixels[index], _ = decoded.one(index)
        return Images(torch.from_numpy(pixels), self.labels)

    def digest(self, into: Digest) -> None:
        into.update(self.labels.numpy().data)
        self.contents.name(self.below, into)

    def take(self, picks: Tensor) -> Streamed:
        return replace(self, contents=self.contents.take(picks), labels=self.labels[picks])

    def to(self, device: torch.device) -> Streamed:
        return replace(self, device=device)

    def resized(self, size: Shape) -> Streamed:
        return replace(self, shape=(self.shape[0], *size), resize=True)

    def _decoded(self) -> _Decoded:
        return _Decoded(self.contents.files, self.shape, self.resize, self.upright)


def loaded(
    decoded: Torch[Any], picks: Sequence[Tensor], workers: int, device: torch.device
) -> Iterator[tuple[Tensor, ...]]:
    """What is decoded of each pick, by processes beside this one; NetspecError for a message."""
    loader: DataLoader[Any] = DataLoader(
        decoded,
        batch_sampler=[pick.tolist() for pick in picks],
        num_workers=min(workers, len(picks)),
        collate_fn=_unchanged,
        worker_init_fn=_ignore_signals,
        generator=Generator(),  # or it would draw from the one that dropout uses
        pin_memory=device.type == "cuda",
    )
    try:
        for found in loader:
            if not isinstance(found[0], Tensor):
                raise NetspecError(*found)
            yield found
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        message = "a process that reads images was ended from outside"
        raise NetspecError(message, "often memory or /dev/shm has run out") from None


class _Decoded(Torch[Any]):
    def __init__(
        self, files: NDArray[numpy.bytes_], shape: Shape, resize: bool, upright: bool
    ) -> None:
        self.files, self.shape, self.resize, self.upright = files, shape, resize, upright

    def one(self, index: int) -> tuple[Pixels, bytes]:
        """The pixels of a file, and the digest of what is in it."""
        file = Contents.named(self.files[index])
        data = content(file)
        return decoded(data, file, self.shape, self.resize, self.upright), digest(data)

    def __getitems__(self, picks: list[int]) -> tuple[Tensor, Tensor] | tuple[str, str | None]:
        """(N, C, H, W) and digests, or a message: an error would arrive with a traceback in it."""
        pixels = numpy.empty((len(picks), *self.shape), numpy.uint8)
        digests = numpy.empty((len(picks), LENGTH), numpy.uint8)
        try:
            for index, pick in enumerate(picks):
                pixels[index], told = self.one(pick)
                digests[index] = numpy.frombuffer(told, numpy.uint8)
        except NetspecError as error:
            return str(error), error.help
        return torch.from_numpy(pixels), torch.from_numpy(digests)


def _unchanged(batch: Any) -> Any:
    return batch


def _ignore_signals(worker: int) -> None:
    """Leave Ctrl-C and the like to the process that trains: it ends its workers."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
