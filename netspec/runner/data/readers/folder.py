"""Class folders: train/<class>/*.png and test/<class>/*.png, in memory where they fit."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy
import torch

from netspec.diagnostic import NetspecError
from netspec.network.device import CPU
from netspec.runner.data.decode import SUFFIXES, opened
from netspec.runner.data.images import Dataset
from netspec.runner.data.stream import Streamed
from netspec.runner.data.wanted import Wanted
from netspec.runner.machine.memory import free
from netspec.runner.machine.threads import cores
from netspec.runner.together.world import World

_MOST = 8
"""Processes that read images for one that trains."""


def read(wanted: Wanted) -> Dataset:
    """The images below the path that the spec names."""
    root = wanted.place / wanted.data.path
    return read_folder(root, root.name or str(root), wanted)


def read_folder(root: Path, name: str, wanted: Wanted) -> Dataset:
    """The images below `root`, in memory or to be read when they are needed.

    That is as the spec says, or as memory allows where it does not say.
    """
    size, grey, world = wanted.size, wanted.grey, wanted.world
    judged = next((part for part in ("test", "val") if (root / part).is_dir()), None)
    if not (root / "train").is_dir() or judged is None:
        missing = "test/ or val/" if (root / "train").is_dir() else "train/"
        hint = "images go to train/<class>/ and test/<class>/ in it"
        raise NetspecError(f"no {missing} in {root}", hint)
    classes = _classes(root / "train")
    if extra := set(_classes(root / judged)) - set(classes):
        message = f"{root / judged} has a class that train/ has not: {min(extra)}"
        raise NetspecError(message, "both need the same folders")
    workers = max(1, min(_MOST, cores() // world.local_size))
    train, judge = (_list(root / part, classes, size, grey, workers) for part in ("train", judged))
    if train.shape != judge.shape:
        message = f"{root}: training images are {train.shape}, {judged} images {judge.shape}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    stream = wanted.data.stream
    if stream is None:
        needed = (len(train) + len(judge)) * math.prod(train.shape)
        (stream,) = world.any(not _fits(needed, world))
    if stream:
        return Dataset(name, train, judge, tuple(classes), judged)
    return Dataset(name, train.read(), judge.read(), tuple(classes), judged)


def _classes(folder: Path) -> list[str]:
    classes = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    if not classes:
        raise NetspecError(f"no class folders in {folder}", "one folder for each class goes there")
    return classes


def _fits(size: int, world: World) -> bool:
    """Whether `size` bytes in each process leave half of the memory that is free."""
    bounds = [(free(CPU), size * world.local_size), (free(world.device), size)]
    return all(there is None or needed <= there // 2 for there, needed in bounds)


def _list(
    folder: Path, classes: Sequence[str], size: tuple[int, ...] | None, grey: bool, workers: int
) -> Streamed:
    """The images of a folder, unread but for the first, whose shape all have to have."""
    files: list[bytes] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        if not (folder / name).is_dir():
            continue
        inside = (folder / name).iterdir()
        found = sorted(f for f in inside if f.suffix.lower() in SUFFIXES and f.is_file())
        files += map(os.fsencode, found)
        labels += [label] * len(found)
    if not files:
        kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise NetspecError(f"no images in {folder}", f"images are {kinds}")
    shape = opened(Path(os.fsdecode(files[0])), grey, size).shape
    return Streamed(numpy.array(files), torch.tensor(labels), shape, bool(size), workers)
