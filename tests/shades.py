"""A small data set in class folders, and a spec that is trained on it."""

from __future__ import annotations

from pathlib import Path

import numpy
from PIL import Image

SPEC = """
name: shades
input: [3, 6, 6]
layers: [Flatten, {Linear: 3}]
train:
  data: {dataset: folder, path: shades, val_fraction: 0.25}
  batch_size: 8
  epochs: 3
  optimizer: {Adam: 0.05}
"""
SHADES = {"dark": 20, "grey": 120, "1": 220}


def paint(file: Path, shade: int, size: int = 6) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    chance = numpy.random.default_rng(sum(file.name.encode()))
    pixels = chance.integers(shade - 20, shade + 20, (size, size, 3))
    Image.fromarray(pixels.astype(numpy.uint8)).save(file)
    return file
