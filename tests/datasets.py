"""Data sets as a spec names them, and files for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from netspec.language.training import Data
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset


def read(
    dataset: str, folder: Path, shape: tuple[int, ...], classes: int, split: int = 0, **more: Any
) -> Dataset:
    data = Data.model_validate({"dataset": dataset, **more})
    return load(data, folder, shape, (classes,), split)


def picture(path: Path, size: tuple[int, int] = (6, 4), color: Any = (255, 0, 51)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
