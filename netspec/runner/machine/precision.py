"""Whether a GPU may round what it multiplies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def precision(name: str) -> Iterator[None]:
    """Have convolutions and products on CUDA round to TF32 only where `name` is tf32.

    By torch's default convolutions do and products do not, so that a float32 run would not be one.
    """
    places: list[Any] = [torch.backends.cudnn, torch.backends.cuda.matmul]
    before = [place.allow_tf32 for place in places]
    try:
        for place in places:
            place.allow_tf32 = name == "tf32"
        yield
    finally:
        for place, allowed in zip(places, before, strict=True):
            place.allow_tf32 = allowed
