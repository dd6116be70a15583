"""Data sets that torchvision can fetch."""

from __future__ import annotations

import os
import re
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
    if found is None and not _takes(kind, "download"):
        message = f"{name} is not in {wanted.place}, and cannot be downloaded"
        raise NetspecError(message, f"put {traits.files} there")
    if found is None:
        _download(kind, wanted.data, wanted.place, traits.files)
        found = read(kind, wanted.place)
    if found is None:
        raise NetspecError(f"{name} is not in {wanted.place} though it was downloaded")
    return found


def part_of(kind: Any, part: str, data: Data) -> dict[str, Any]:
    """What torchvision's class is to be asked for one of the parts that it is published in."""
    traits = data.dataset.traits
    which = {"train": part == traits.parts[0]}
    if "split" in traits.keys:
        return {"split": data.split or "balanced", **which}
    if "split" in signature(kind).parameters:
        return {"split": part}
    return which if _takes(kind, "train") else {}


def _takes(kind: Any, key: str) -> bool:
    """Whether torchvision's class takes an argument, by name or with others."""
    found = signature(kind).parameters
    return key in found or any(one.kind is one.VAR_KEYWORD for one in found.values())


def parts_of(kind: Any, folder: Path, data: Data) -> list[Any] | None:
    """Each part as torchvision's class reads it; None where a file is missing.

    Raises NetspecError for files that are not as they were published.
    """
    # Where torchvision holds files against their digests it says no more than "not found".
    named = [folder / told[1] for told in getattr(kind, "split_list", {}).values()]
    if not all(file.exists() for file in named if "extra" not in file.name):
        return None
    first = folder / re.split("[/ ]", data.dataset.traits.files)[0]
    place = f"{kind.__name__} in {folder}"
    hint = "delete its files to have them downloaded anew"
    found = []
    for part in data.dataset.traits.parts:
        given = {"download": False} if _takes(kind, "download") else {}
        try:
            found.append(kind(folder, **part_of(kind, part, data), **given))
        except RuntimeError as error:
            damaged = named or ("corrupted" in str(error) and first.exists())
            if not damaged and "not found" in str(error):
                return None
            raise NetspecError(f"{place} is not as it was published: {error}", hint) from None
        except Exception as error:  # decoders of damaged bytes raise whatever they like
            reason = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
            raise NetspecError(f"{place} cannot be read: {reason}", hint) from None
    return found


def names_of(part: Any, count: int) -> tuple[str, ...]:
    """What torchvision calls the classes of a part, or their numbers where it has no names."""
    names = getattr(part, "classes", None) or range(count)
    # It calls some "0 - zero" and so on, and others by several names.
    firsts = (name[0] if isinstance(name, tuple) else str(name) for name in names)
    return tuple(name.partition(" - ")[0] for name in firsts)


def _download(kind: Any, data: Data, folder: Path, missing: str) -> None:
    """Fetch into a folder of its own and move what is whole, so that no half file is ever read."""
    name = data.dataset.name
    before = socket.getdefaulttimeout()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}.") as partial:
            socket.setdefaulttimeout(_STALL)
            for part in data.dataset.traits.parts:
                kind(partial, **part_of(kind, part, data), download=True)
            for file in sorted(Path(partial).rglob("*")):
                target = folder / file.relative_to(partial)
                if file.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    os.replace(file, target)
    except (OSError, RuntimeError, ValueError) as error:
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
