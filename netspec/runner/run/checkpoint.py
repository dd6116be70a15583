"""Checkpoints: written so that a good one is always there, read as a stranger's."""

from __future__ import annotations

import io
import pickle
import pickletools
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from netspec.compiler.memory import training
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.language.training import Train
from netspec.runner.run.manifest import digests
from netspec.runner.run.seal import sealed, whole
from netspec.runner.run.untrusted import finite

LAST, PREVIOUS = "last.ckpt", "previous.ckpt"
SCHEMA = 1
_MARGIN = 32 << 20
"""Bytes for losses of an epoch's steps, generators, and the archive itself."""
_MAX_FILES = 100_000
# What torch.save writes for tensors; its own safe list makes tensors of any size out of a number.
_STORAGES = {"FloatStorage": 4, "LongStorage": 8, "ByteStorage": 1, "DoubleStorage": 8}
"""Bytes of each number in it."""
_GLOBALS = {
    "torch._utils _rebuild_tensor_v2", "collections OrderedDict",
    *(f"torch {name}" for name in _STORAGES),
}  # fmt: skip


def largest(plan: Plan, train: Train) -> int:
    """A number of bytes that no checkpoint of a plan exceeds."""
    held = training(plan.root, train)
    tensors = 2 * (held.weights + held.buffers + held.optimizer + held.average)
    return tensors + len(plan.leaves) * 8192 + train.epochs * 1024 + _MARGIN


def save(folder: Path, content: dict[str, Any]) -> None:
    """Keep `content` as the last checkpoint, and the last one as the one before."""
    finite(content["state"])
    buffer = io.BytesIO()
    torch.save({"schema": SCHEMA, **content}, buffer)
    files.replace(folder / LAST, sealed(buffer.getvalue()), keep=folder / PREVIOUS)


def load(
    folder: Path, limit: int, note: Callable[[str], None], force: bool
) -> dict[str, Any] | None:
    """The newest checkpoint that is whole, None where none was made yet.

    A damaged one is told to `note` and the one before is used; one of an earlier version whose
    digest is lost is used with `force`. Raises NetspecError where there are only such ones, or one
    that holds what no checkpoint of a run does.
    """
    bad, unsure = False, False
    for path in (folder / LAST, folder / PREVIOUS):
        try:
            data = files.read(path, limit)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise NetspecError(f"cannot read {path}: {error.strerror}") from None
        good = _good(folder, data)
        if good is None and force:
            note(f"{path.name} has no digest, it is taken as it is")
        if good or (good is None and force):
            if bad:
                note(f"going on from {path.name}")
            return _read(path, data)
        note(f"{path} {'is damaged' if good is False else 'cannot be checked, its digest is lost'}")
        bad, unsure = True, unsure or good is None
    if bad:
        hint = "--force takes one that cannot be checked as it is" if unsure else "train anew"
        raise NetspecError(f"no checkpoint in {folder} is whole", hint)
    return None


def _good(folder: Path, data: bytes) -> bool | None:
    """Whether a checkpoint is as it was written, None where nothing says so or otherwise."""
    told = whole(data)
    if told is None and (listed := digests(folder)) is not None:
        return sha256(data).hexdigest() in listed
    return False if told is None and not _intact(data) else told


def _intact(data: bytes) -> bool:
    """Whether the sums that an archive has of its files are right."""
    try:
        _inspect(data)
        return zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    except Exception:  # decoders of damaged bytes raise whatever they like
        return False


def _read(path: Path, data: bytes) -> dict[str, Any]:
    try:
        _inspect(data)
        with warnings.catch_warnings(action="ignore"):
            content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            raise ValueError("another format")
    except Exception as error:  # decoders of hostile bytes raise whatever they like
        reason = str(error).partition("\n")[0][:200]
        if isinstance(error, pickle.UnpicklingError):
            reason = "it would run code"
        raise NetspecError(f"{path} is refused: {reason}", "it was not written by a run") from None
    return content


def _inspect(data: bytes) -> None:
    """Refuse (ValueError) what would take more memory to read than it has bytes, or run code."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ValueError("it is no archive of tensors") from None
    with archive:
        entries = archive.infolist()
        if len(entries) > _MAX_FILES:
            raise ValueError(f"{len(entries):,} files in it")
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("compressed files in it")
        if sum(entry.file_size for entry in entries) > len(data):
            raise ValueError("its files are larger than itself")
        pickles = [entry for entry in entries if entry.filename.endswith("data.pkl")]
        sizes = {entry.filename: entry.file_size for entry in entries}
        if len(pickles) != 1 or len(sizes) != len(entries):
            raise ValueError("it is no archive of tensors")
        told = archive.read(pickles[0])
        for code, argument, _ in pickletools.genops(told):
            if "GLOBAL" in code.name and argument not in _GLOBALS:
                raise ValueError(f"it asks for {argument or 'a name made at run time'}")
        _Sizes(told, pickles[0].filename.removesuffix(".pkl"), sizes).load()


class _Sizes(pickle._Unpickler):
    """Reads a pickle without torch, and holds what each storage says of its size to its file.

    Old versions of torch believe it, and read on behind the end of the file.
    """

    def __init__(self, told: bytes, folder: str, sizes: dict[str, int]) -> None:
        super().__init__(io.BytesIO(told))
        self.folder, self.sizes = folder, sizes

    def find_class(self, module: str, name: str) -> Any:
        return OrderedDict if name == "OrderedDict" else _STORAGES.get(name, lambda *given: None)

    def persistent_load(self, pid: Any) -> None:
        _, each, key, _, count = pid
        size = self.sizes.get(f"{self.folder}/{key}")
        if size != each * count:
            raise ValueError(f"tensor {key} says it has {each * count} bytes, its file has {size}")
