"""Data sets that torchvision can fetch."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.language.training import Data
from netspec.runner.data.images import Dataset
from netspec.runner.data.wanted import Wanted

_STALL = 30.0
"""Seconds without a byte after which a download is given up."""
Read = Callable[[Any, Path], Dataset | None]
"""Reads a class of torchvision's from a folder; None where a file is missing."""


def fetched(wanted: Wanted, read: Read) -> Dataset:
    """What `read` finds in the data directory, where it is downloaded to if it is missing."""
    return wanted.world.in_turn(lambda: _fetched(wanted, read))


def _fetched(wanted: Wanted, read: Read) -> Dataset:
    from torchvision import datasets

    name, _, traits = wanted.data.dataset
    kind: Any = getattr(datasets, name)
    found = read(kind, wanted.place)
    if found is None:
        _download(kind, wanted.data, wanted.place, traits.files)
        found = read(kind, wanted.place)
    if found is None:
        raise NetspecError(f"{name} is not in {wanted.place} though it was downloaded")
    return found


def part_of(kind: Any, part: str, data: Data) -> dict[str, Any]:
    """What torchvision's class is to be asked for a part, train or test."""
    named = "split" in signature(kind).parameters
    if "split" in data.dataset.traits.keys:
        return {"split": data.split or "balanced", "train": part == "train"}
    return {"split": part} if named else {"train": part == "train"}


def _download(kind: Any, data: Data, folder: Path, missing: str) -> None:
    """Fetch into a folder of its own and move what is whole, so that no half file is ever read."""
    name = data.dataset.name
    before = socket.getdefaulttimeout()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}.") as partial:
            socket.setdefaulttimeout(_STALL)
            for part in ("train", "test"):
                kind(partial, **part_of(kind, part, data), download=True)
            for file in sorted(Path(partial).rglob("*")):
                target = folder / file.relative_to(partial)
                if file.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    os.replace(file, target)
    except (OSError, RuntimeError) as error:
        raise NetspecError(
            f"{name} is not in {folder}, and downloading it failed: {_reason(error)}",
            f"put {missing} there, or name another folder with --data-dir",
        ) from None
    finally:
        socket.setdefaulttimeout(before)


def _reason(error: Exception) -> str:
    """The last line of torchvision's account of every place it tried."""
    last = str(error).strip().rpartition("\n")[2] or type(error).__name__
    return last.removeprefix("<urlopen error ").removesuffix(">")
