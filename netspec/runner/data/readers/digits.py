"""scikit-learn's handwritten digits."""

from __future__ import annotations

from typing import Any

import torch

from netspec.runner.data.images import Dataset, Images, stratified
from netspec.runner.data.wanted import Wanted

TEST = 0.2


def read(wanted: Wanted) -> Dataset:
    """1,797 images of 8x8; a fifth of each class is the test."""
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    # 17 grey levels, 0 to 16.
    pixels = torch.from_numpy(bunch.images * 255 / 16).round().byte().unsqueeze(1)
    images = Images(pixels, torch.from_numpy(bunch.target).long())
    train, test = stratified(images.labels, TEST, seed=0)
    name = wanted.data.dataset.name
    return Dataset(name, images.take(train), images.take(test), tuple("0123456789"))
