"""Circles and squares on noise, with the mask of each picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from PIL import Image

from netspec import source
from netspec.source import Source

CLASSES = ("ground", "circle", "square")
SHADES = {1: ((90, 60, 50), (160, 120, 110)), 2: ((50, 60, 90), (110, 120, 160))}
"""What is added to the noise at least, and below what: the classes share many colours."""
PALETTE = (40, 40, 40, 220, 60, 60, 60, 90, 220, *(0,) * 756, 255, 255, 255)
"""Of 256 colours: Pillow writes fewer with fewer bits, which have no 255."""


def drawn(seed: int, side: int = 32) -> tuple[NDArray[Any], NDArray[Any]]:
    """(H, W, 3) and (H, W): one of each, where and how large by chance; borders are left out."""
    chance = numpy.random.default_rng(seed)
    rows, columns = numpy.mgrid[:side, :side]
    noise = chance.integers(0, 90, (side, side, 3))
    image = noise.copy()
    mask = numpy.zeros((side, side), numpy.uint8)
    for label in (1, 2):
        size = int(chance.integers(side // 8, side // 4 + 1))
        y, x = chance.integers(size, side - size, 2)
        across, down = abs(columns - x), abs(rows - y)
        away = numpy.hypot(across, down) if label == 1 else numpy.maximum(across, down)
        mask[away <= size + 0.5] = 255
        mask[away <= size - 0.5] = label
        image[away <= size] = noise[away <= size] + chance.integers(*SHADES[label])
    return image.astype(numpy.uint8), mask


def save(folder: Path, name: str, seed: int, side: int = 32, mode: str = "P") -> None:
    """The files of one, a mask with a palette or of greys."""
    image, mask = drawn(seed, side)
    for part in ("images", "masks"):
        (folder / part / name).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(folder / "images" / f"{name}.png")
    written = Image.fromarray(mask)
    if mode == "P":
        written.putpalette(PALETTE)
    written.save(folder / "masks" / f"{name}.png")


def data(folder: Path, train: int = 48, test: int = 16, side: int = 32) -> Path:
    """A data directory with `shapes`, in two parts."""
    for index in range(train):
        save(folder / "shapes" / "train", f"{index:03}", index, side, "PL"[index % 2])
    for index in range(test):
        save(folder / "shapes" / "test", f"{index:03}", 10_000 + index, side)
    return folder


def spec(*more: tuple[str, str], side: int = 32, epochs: int = 6) -> Source:
    """specs/unet.yaml for smaller pictures, with some of its text replaced."""
    text = (Path(__file__).parents[1] / "specs" / "unet.yaml").read_text()
    small = (
        ("[3, 64, 64]", f"[3, {side}, {side}]"), ("batch_size: 16", "batch_size: 8"),
        ("epochs: 20", f"epochs: {epochs}"),
    )  # fmt: skip
    for old, new in (*small, *more):
        assert old in text
        text = text.replace(old, new)
    return source.parse(text, "unet.yaml")
