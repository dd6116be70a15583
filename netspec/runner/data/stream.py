"""Image files that are read when their batch is due."""

from __future__ import annotations

import os
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
from netspec.runner.data.decode import decode
from netspec.runner.data.images import Digest, Images, Shape

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Streamed:
    """Pixels come as they would from memory, bit for bit."""

    files: NDArray[numpy.bytes_]
    """One block of bytes: workers would copy a list of strings as they count its references."""
    labels: Tensor
    shape: Shape
    resize: bool
    workers: int
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def stored(self) -> int:
        return len(self.files)

    def batches(self, picks: Sequence[Tensor]) -> Iterator[Batch]:
        loader: DataLoader[Any] = DataLoader(
            _Decoded(self.files, self.shape, self.resize),
            batch_sampler=[pick.tolist() for pick in picks],
            num_workers=min(self.workers, len(picks)),
            collate_fn=_unchanged,
            worker_init_fn=_ignore_signals,
            generator=Generator(),  # or it would draw from the one that dropout uses
            pin_memory=self.device.type == "cuda",
        )
        try:
            for pick, pixels in zip(picks, loader, strict=True):
                if not isinstance(pixels, Tensor):
                    raise NetspecError(*pixels)
                labels = self.labels[pick].to(self.device)
                yield pixels.to(self.device, non_blocking=True), labels
        except RuntimeError as error:
            if "DataLoader worker" not in str(error):
                raise
            message = "a process that reads images was ended from outside"
            raise NetspecError(message, "often memory or /dev/shm has run out") from None

    def read(self) -> Images:
        """All of them in memory."""
        pixels = numpy.empty((len(self), *self.shape), numpy.uint8)
        for index, file in enumerate(self.files):
            pixels[index] = decode(Path(os.fsdecode(file)), self.shape, self.resize)
        return Images(torch.from_numpy(pixels), self.labels)

    def digest(self, into: Digest) -> None:
        into.update(self.labels.numpy().data)
        for file in self.files:
            path = Path(os.fsdecode(file))
            into.update(f"{path.parent.name}/{path.name} {path.stat().st_size}\n".encode())

    def take(self, picks: Tensor) -> Streamed:
        return replace(self, files=self.files[picks.numpy()], labels=self.labels[picks])

    def to(self, device: torch.device) -> Streamed:
        return replace(self, device=device)

    def resized(self, size: Shape) -> Streamed:
        return replace(self, shape=(self.shape[0], *size), resize=True)


class _Decoded(Torch[Any]):
    def __init__(self, files: NDArray[numpy.bytes_], shape: Shape, resize: bool) -> None:
        self.files, self.shape, self.resize = files, shape, resize

    def __getitems__(self, picks: list[int]) -> Tensor | tuple[str, str | None]:
        """(N, C, H, W), or a message: an exception would arrive with a traceback in it."""
        pixels = numpy.empty((len(picks), *self.shape), numpy.uint8)
        try:
            for index, pick in enumerate(picks):
                pixels[index] = decode(Path(os.fsdecode(self.files[pick])), self.shape, self.resize)
        except NetspecError as error:
            return str(error), error.help
        return torch.from_numpy(pixels)


def _unchanged(batch: Any) -> Any:
    return batch


def _ignore_signals(worker: int) -> None:
    """Leave Ctrl-C and the like to the process that trains: it ends its workers."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
