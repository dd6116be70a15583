"""Images in memory: split, measured, checked."""

from __future__ import annotations

import pytest
import torch

from netspec.diagnostic import NetspecError
from netspec.runner.data.decode import resized
from netspec.runner.data.images import Dataset, Images, stratified
from netspec.runner.data.moments import histogram, moments


def test_parts_of_a_split_are_disjoint_and_whole() -> None:
    labels = torch.arange(100) % 3
    first, second = stratified(labels, 0.3, seed=1)
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(100))
    assert labels[second].bincount().tolist() == [10, 10, 10]
    assert stratified(labels, 0.3, seed=2)[1].tolist() != second.tolist()


def test_moments_are_the_channels_mean_and_deviation() -> None:
    pixels = torch.randint(0, 256, (50, 3, 4, 5), dtype=torch.uint8)
    pixels[:, 1] //= 3
    mean, std = moments(histogram(pixels))
    values = pixels.double().transpose(0, 1).flatten(1) / 255
    assert mean == pytest.approx(values.mean(1).tolist())
    assert std == pytest.approx(values.std(1, correction=0).tolist())


@pytest.mark.parametrize("size", [(4, 4), (16, 24), (5, 7)])
def test_masks_are_resized_as_those_in_files_are(size: tuple[int, int]) -> None:
    masks = torch.randint(0, 20, (3, 8, 12), dtype=torch.uint8)
    found = Images(torch.zeros(3, 1, 8, 12, dtype=torch.uint8), masks).resized(size)
    assert found.pixels.shape == (3, 1, *size)
    for ours, mask in zip(found.labels, masks, strict=True):
        assert (ours.numpy() == resized(mask.numpy()[None], size, nearest=True)[0]).all()


def test_an_empty_part_is_refused() -> None:
    some = Images(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.zeros(1, dtype=torch.long))
    none = some.take(torch.zeros(0, dtype=torch.long))
    with pytest.raises(NetspecError, match="no test images"):
        Dataset("x", some, none, ("a",)).checked()
