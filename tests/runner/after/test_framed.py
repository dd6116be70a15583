"""Images of any size in that of a network."""

from __future__ import annotations

import math

import numpy
import pytest

from netspec.runner.after.framed import frame, framed, over


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (6, 300), (7, 6), (3, 2), (1, 1)])
@pytest.mark.parametrize("size", [(6, 6), (4, 8), (9, 3)])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_of_one_shade_keeps_it(
    channels: int, size: tuple[int, int], shape: tuple[int, int]
) -> None:
    found = framed(numpy.full((channels, *shape), 77, numpy.uint8), size)
    assert found.shape == (channels, *size)
    assert (found == 77).all()


def test_what_is_beyond_the_middle_is_cut_off_on_both_sides_alike() -> None:
    columns = numpy.arange(10, dtype=numpy.uint8) * 20
    wide = numpy.broadcast_to(columns, (1, 4, 10))
    assert (framed(wide, (4, 4))[0] == columns[3:7]).all()
    tall = wide.transpose(0, 2, 1)
    assert (framed(tall, (4, 4))[0] == columns[3:7, None]).all()


@pytest.mark.parametrize("shape", [(40, 60), (61, 40), (6, 300), (7, 6), (3, 2)])
@pytest.mark.parametrize("size", [(6, 6), (4, 8), (9, 3)])
def test_a_mask_is_over_the_part_of_the_image_that_was_seen(
    size: tuple[int, int], shape: tuple[int, int]
) -> None:
    mask = numpy.arange(size[0] * size[1], dtype=numpy.uint8).reshape(size)
    box = frame(shape, size)
    found = over(mask, shape, box, outside=255)
    for row in range(shape[0]):
        for column in range(shape[1]):
            y = math.floor((row + 0.5 - box.top) * size[0] / box.height)
            x = math.floor((column + 0.5 - box.left) * size[1] / box.width)
            seen = 0 <= y < size[0] and 0 <= x < size[1]
            assert found[row, column] == (mask[y, x] if seen else 255)
    assert (found != 255).any()
