"""Class folders: train/<class>/*.png and test/<class>/*.png, decoded once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError
from netspec.runtime.images import Dataset, Images

Pixels = NDArray[numpy.uint8]
SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000
"""Of one image, so that a small file cannot take all memory."""


def read_folder(
    root: Path, size: tuple[int, ...] | None, grey: bool, name: str | None = None
) -> Dataset:
    """Return the images below `root`; `size` brings all to one height and width."""
    name = name or root.name or str(root)
    judged = next((part for part in ("test", "val") if (root / part).is_dir()), None)
    if not (root / "train").is_dir() or judged is None:
        missing = "test/ or val/" if (root / "train").is_dir() else "train/"
        hint = "images go to train/<class>/ and test/<class>/ in it"
        raise NetspecError(f"no {missing} in {root}", hint)
    classes = _classes(root / "train")
    if extra := set(_classes(root / judged)) - set(classes):
        message = f"{root / judged} has a class that train/ has not: {min(extra)}"
        raise NetspecError(message, "both need the same folders")
    train, judge = (_read(root / part, classes, size, grey) for part in ("train", judged))
    if train.pixels.shape[1:] != judge.pixels.shape[1:]:
        shapes = [tuple(part.pixels.shape[1:]) for part in (train, judge)]
        message = f"{root}: training images are {shapes[0]}, {judged} images {shapes[1]}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    return Dataset(name, train, judge, tuple(classes), judged)


def _classes(folder: Path) -> list[str]:
    classes = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    if not classes:
        raise NetspecError(f"no class folders in {folder}", "one folder for each class goes there")
    return classes


def _read(folder: Path, classes: Sequence[str], size: tuple[int, ...] | None, grey: bool) -> Images:
    files, labels = [], []
    for label, name in enumerate(classes):
        if not (folder / name).is_dir():
            continue
        inside = (folder / name).iterdir()
        found = sorted(f for f in inside if f.suffix.lower() in SUFFIXES and f.is_file())
        files += found
        labels += [label] * len(found)
    if not files:
        kinds = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise NetspecError(f"no images in {folder}", f"images are {kinds}")
    first = decode(files[0], size, grey)
    pixels = numpy.empty((len(files), *first.shape), numpy.uint8)
    for index, file in enumerate(files):
        image = decode(file, size, grey)
        if image.shape != first.shape:
            message = f"{file} is {_size(image)}, {files[0].name} is {_size(first)}"
            raise NetspecError(message, "resize: true brings all to the network's input")
        pixels[index] = image
    return Images(torch.from_numpy(pixels), torch.tensor(labels))


def decode(file: Path, size: tuple[int, ...] | None, grey: bool) -> Pixels:
    """Return (C, H, W)."""
    from PIL import Image, UnidentifiedImageError

    try:
        # Formats are named, for the others start programs or read other files.
        with warnings.catch_warnings(action="error"), Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                size_text = f"{opened.width} x {opened.height}"
                raise ValueError(f"{size_text}, at most {MAX_PIXELS:,} pixels are read")
            image = opened.convert("L" if grey else "RGB")
    except UnidentifiedImageError:
        raise NetspecError(f"{file} is not an image that can be read") from None
    except Exception as error:  # decoders of hostile bytes raise whatever they like
        reason = getattr(error, "strerror", None) or error
        raise NetspecError(f"{file} is not an image that can be read: {reason}") from None
    if size and image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels: Pixels = numpy.asarray(image)
    return pixels[None] if grey else pixels.transpose(2, 0, 1)


def _size(image: Pixels) -> str:
    return f"{image.shape[2]} x {image.shape[1]}"
