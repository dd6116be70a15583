"""Class folders: train/<class>/*.png and test/<class>/*.png, in memory where they fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from netspec.diagnostic import NetspecError
from netspec.network.device import CPU
from netspec.runner.data.contents import Contents, Found
from netspec.runner.data.decode import READABLE, opened
from netspec.runner.data.images import Dataset
from netspec.runner.data.listing import Listing
from netspec.runner.data.stream import Streamed
from netspec.runner.data.wanted import Wanted
from netspec.runner.machine.cores import cores
from netspec.runner.machine.memory import free
from netspec.runner.together.world import World

_MOST = 8
"""Helpers of one process that trains."""


class Parts(NamedTuple):
    train: Path
    judge: Path | None
    """None where a part of the training images is to be held back."""
    judged: str


def read(wanted: Wanted) -> Dataset:
    """The images below the path that the spec names."""
    root = wanted.place / wanted.data.path
    return read_folder(root, root.name or str(root), wanted)


def read_folder(root: Path, name: str, wanted: Wanted) -> Dataset:
    """The images below `root`, in memory or to be read when they are needed."""
    listing = Listing()
    parts = _parts(root, wanted.data.val_fraction is not None)
    classes = listing.classes(parts.train)
    if parts.judge:
        there = listing.classes(parts.judge)
        if extra := set(there) - set(classes):
            message = f"{parts.judge} has a class that train/ has not: {min(extra)}"
            raise NetspecError(message, "both need the same folders")
        if missing := set(classes) - set(there):
            message = f"{parts.judge} has no images of {min(missing)}"
            raise NetspecError(message, "both need the same folders")
    train = _list(parts.train, classes, listing, wanted)
    judge = _list(parts.judge, classes, listing, wanted) if parts.judge else train
    if train.shape != judge.shape:
        message = f"{root}: training images are {train.shape}, {parts.judged} images {judge.shape}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    found = Dataset(name, train, judge, tuple(classes), parts.judged, listing.notes(root))
    return held(found, wanted)


def held(found: Dataset, wanted: Wanted) -> Dataset:
    """The same in memory, or to be read when they are needed, as the spec says or memory allows."""
    train, judge, stream = found.train, found.judge, wanted.data.stream
    if stream is None:
        needed = (len(train) + len(judge) * (judge is not train)) * math.prod(train.shape)
        (stream,) = wanted.world.any(not fits(needed, wanted.world))
    return found if stream else found.read()


def _parts(root: Path, splits: bool) -> Parts:
    """Where images to train and to be judged on are; a folder without parts can be split."""
    train = root / "train"
    judged = next((part for part in ("test", "val") if (root / part).is_dir()), None)
    if train.is_dir() and judged:
        return Parts(train, root / judged, judged)
    if splits and root.is_dir() and not judged:
        if not train.is_dir():
            return Parts(root, None, "val")
        others = [one for one in root.iterdir() if one.is_dir() and one.name[:1] != "."]
        if others == [train]:
            return Parts(train, None, "val")
        message = f"{root} has {min(set(others) - {train}).name}/ beside train/, and no test/"
        raise NetspecError(message, "train is a part, or rename it where it is a class")
    missing = "test/ or val/" if train.is_dir() else "train/"
    hint = "images go to train/<class>/ and test/<class>/ in it, or to <class>/ with val_fraction"
    raise NetspecError(f"no {missing} in {root}", hint)


def fits(size: int, world: World) -> bool:
    """Whether `size` bytes in each process leave half of the memory that is free."""
    bounds = [(free(CPU), size * world.local_size), (free(world.device), size)]
    return all(there is None or needed <= there // 2 for there, needed in bounds)


def _list(part: Path, classes: Sequence[str], listing: Listing, wanted: Wanted) -> Streamed:
    """The images of a part."""
    files: list[Found] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        of_class = [*listing.images(part / name)]
        if not of_class:
            raise NetspecError(f"no images in {part / name}", f"images are {READABLE}")
        files += of_class
        labels += [label] * len(of_class)
    return streamed(files, labels, part, wanted, wanted.data.upright)


def streamed(
    files: Sequence[Found], labels: Sequence[int], below: Path, wanted: Wanted, upright: bool
) -> Streamed:
    """Files in the folder `below`, unread but for the first, whose shape all have to have."""
    shape = opened(Path(files[0].path), wanted.grey, wanted.size, upright).shape
    contents, workers = Contents.of(files), helpers(wanted.world)
    resize = bool(wanted.size)
    return Streamed(contents, torch.tensor(labels), below, shape, resize, upright, workers)


def helpers(world: World) -> int:
    """Processes that read images for one that trains."""
    return max(1, min(_MOST, cores() // world.local_size))
