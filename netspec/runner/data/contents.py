"""What is known of image files that stay on the disk: a run goes on with no others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.runner.data.decode import content
from netspec.runner.together.world import World

if TYPE_CHECKING:
    from netspec.runner.data.images import Digest

LENGTH = 16
"""Bytes of a digest."""
_SEPARATOR = os.sep.encode()
_ARCHIVED = 1 << 16
"""Bytes that an archive adds."""


def digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=LENGTH).digest()


class Found(NamedTuple):
    """A file as it was listed."""

    path: str
    size: int
    time: int
    """When it was last changed, in nanoseconds."""


class Contents:
    """Files with their times, and the digests of those that were read."""

    def __init__(
        self, files: NDArray[numpy.bytes_], sizes: NDArray[numpy.int64], times: Tensor
    ) -> None:
        self.files, self.sizes, self.times = files, sizes, times
        """Paths are one block of bytes: workers would copy a list as they count its references."""
        self.digests = torch.zeros(len(files), LENGTH, dtype=torch.uint8)
        """Zeros where a file was not read yet."""
        self._new = False

    @classmethod
    def of(cls, found: Sequence[Found]) -> Self:
        sizes = numpy.array([file.size for file in found], numpy.int64)
        times = torch.tensor([file.time for file in found], dtype=torch.int64)
        return cls(numpy.array([os.fsencode(file.path) for file in found]), sizes, times)

    def __len__(self) -> int:
        return len(self.files)

    @property
    def recorded(self) -> int:
        """Bytes that a checkpoint has of it at most."""
        return self.times.nbytes + self.digests.nbytes + _ARCHIVED

    def take(self, picks: Tensor) -> Contents:
        kept = picks.numpy()
        return Contents(self.files[kept], self.sizes[kept], self.times[picks])

    def path(self, index: int) -> Path:
        return self.named(self.files[index])

    @staticmethod
    def named(file: bytes) -> Path:
        """The path of a file in the block."""
        return Path(os.fsdecode(file))

    def name(self, below: Path, into: Digest) -> None:
        """Put names, from the folder `below` on, and sizes into a digest."""
        start = len(os.fsencode(below)) + 1
        for file, size in zip(self.files, self.sizes, strict=True):
            into.update(b"%s %d\n" % (file[start:].replace(_SEPARATOR, b"/"), size))

    def learn(self, picks: Tensor, digests: Tensor) -> None:
        """Take in what was read; NetspecError where a file is not what it was before."""
        known = self.digests[picks]
        news = ~_known(known)
        for index in (~news & (known != digests).any(1)).nonzero().flatten().tolist():
            path = self.path(int(picks[index]))
            raise NetspecError(f"{path} has changed since it was first read", "leave it as it was")
        if news.any():
            self.digests[picks], self._new = digests, True

    def state_dict(self, world: World) -> dict[str, Tensor]:
        """All that the processes know; each calls it."""
        if world.size > 1 and any(world.any(self._new)):
            for other in world.gather(self.digests):
                self.digests |= other  # zeros, or the same
        self._new = False
        return {"times": self.times, "digests": self.digests.clone()}

    def changed(self, times: Tensor, digests: Tensor) -> int | None:
        """The first file that is not what it was, or of which that is not known; else None.

        A file of the same time is taken for the same, unless it was read and is another.
        """
        own = _known(self.digests) & _known(digests)
        for index in (own & (self.digests != digests).any(1)).nonzero().flatten().tolist():
            return int(index)
        for index in ((self.times != times) & ~own).nonzero().flatten().tolist():
            now = torch.frombuffer(bytearray(digest(content(self.path(index)))), dtype=torch.uint8)
            if not torch.equal(now, digests[index]):
                return int(index)
        return None

    def recall(self, digests: Tensor) -> None:
        """Know what was read before; its files are known to be the same."""
        self.digests = torch.where(_known(self.digests)[:, None], self.digests, digests)


def _known(digests: Tensor) -> Tensor:
    return (digests != 0).any(1)
