"""Images of any size in that of a network."""

from __future__ import annotations

import numpy
import pytest

from netspec.runner.after.framed import framed


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
