"""Arrays as NumPy writes them, looked at before they are read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy
from numpy.lib import format as npy
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.network.device import CPU
from netspec.runner.machine.memory import free

Array = NDArray[Any]
_MOST = 10_000
"""Arrays in a file."""
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class Arrays:
    """The arrays of an .npz file by name, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Look into the file; NetspecError where it cannot be one of arrays."""
        self.path = path
        with _reading(path), zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST:
                raise ValueError(f"{len(entries):,} files in it")
            names = [entry.filename.removesuffix(".npy") for entry in entries]
            if len(set(names)) != len(names):
                raise ValueError("two arrays of one name in it")
            needed = sum(entry.file_size for entry in entries)
            self._entries = dict(zip(names, entries, strict=True))
        there = free(CPU)
        if there is not None and needed > there:
            raise NetspecError(f"{path} has {needed:,} bytes of arrays, {there:,} are free")

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def read(self, name: str) -> Array:
        """The array of a name that there is."""
        entry = self._entries[name]
        with (
            _reading(self.path, name),
            zipfile.ZipFile(self.path) as archive,
            archive.open(entry) as file,
        ):
            return _array(file, entry.file_size)


def read_array(path: Path) -> Array:
    """The array of an .npy file; NetspecError where it has none."""
    with _reading(path), open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        return _array(file, size)


def _array(file: IO[bytes], size: int) -> Array:
    """What is in `size` bytes; they say how much that is, which is held against them first."""
    version = npy.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"format {version[0]}.{version[1]} is not known")
    shape, _, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError("it has objects, which would run code; make it one of numbers")
    expected = file.tell() + prod(shape) * dtype.itemsize
    if expected != size:
        message = f"{size:,} bytes, its header says {shape} of {dtype}: {expected:,} expected"
        raise ValueError(message)
    file.seek(0)
    found: Array = npy.read_array(file, allow_pickle=False)
    return found


@contextmanager
def _reading(path: Path, name: str = "") -> Iterator[None]:
    """Say what is wrong with a file, or with an array in it."""
    files.regular(path)
    what = f"{path}: {name}" if name else str(path)
    try:
        yield
    except FileNotFoundError:
        raise NetspecError(f"no {path}", "path is below the data directory, --data-dir") from None
    except zipfile.BadZipFile as error:
        raise NetspecError(f"{what} is no file of numpy.savez: {error}") from None
    except (OSError, ValueError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0][:200]
        raise NetspecError(f"{what} cannot be read: {reason}") from None


def samples(values: Array, shape: tuple[int, ...], name: str) -> Array:
    """(N, *) uint8 images, or float32 numbers; NetspecError where they are neither.

    What is uint8 with three axes a sample is images, and with two where `shape`, what the network
    reads, has three.
    """
    if values.dtype.kind not in "iufb":
        raise NetspecError(f"{name} is {values.dtype}, samples are numbers")
    if values.ndim < 2:
        raise NetspecError(f"{name} has the shape {values.shape}, samples are (N, *)")
    if values.dtype == numpy.uint8 and values.ndim == 3 and len(shape) == 3:
        values = values[:, None]
    if values.dtype == numpy.uint8 and values.ndim == 4:
        return numpy.ascontiguousarray(values)
    with numpy.errstate(over="ignore"):
        found = numpy.ascontiguousarray(values, numpy.float32)
    for start in range(0, len(found), 10_000):
        wrong = ~numpy.isfinite(found[start : start + 10_000])
        if wrong.any():
            at = numpy.argwhere(wrong)[0]
            at[0] += start
            place, value = ", ".join(map(str, at)), values[tuple(at)]
            what = value if not numpy.isfinite(value) else f"{value:g}, beyond float32"
            raise NetspecError(f"{name}[{place}] is {what}", "a sample has finite numbers")
    return found
