"""scikit-learn's digits."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from datasets import read


def test_digits_are_split_the_same_way_every_time(tmp_path: Path) -> None:
    first, second = (read("digits", tmp_path, (1, 8, 8), 10) for _ in range(2))
    assert (len(first.train), len(first.judge), first.judged) == (1438, 359, "test")
    assert torch.equal(first.judge.pixels, second.judge.pixels)
    counts = first.judge.labels.bincount() / (first.train.labels.bincount() * 0.25)
    assert counts.tolist() == pytest.approx([1] * 10, abs=0.03)
    assert (int(first.train.pixels.min()), int(first.train.pixels.max())) == (0, 255)


@pytest.mark.parametrize("shape", [(1, 16, 16), (1, 28, 28)])
def test_digits_take_the_inputs_size(tmp_path: Path, shape: tuple[int, ...]) -> None:
    assert tuple(read("digits", tmp_path, shape, 10).train.pixels.shape[1:]) == shape


def test_a_flat_input_reads_the_pixels_in_a_row(tmp_path: Path) -> None:
    assert read("digits", tmp_path, (64,), 10).train.pixels.shape[1:] == (1, 8, 8)
