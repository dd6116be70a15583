"""From the name of a data set to its images."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import read

from netspec.diagnostic import Fault


def test_a_held_back_part_takes_the_test_sets_place(tmp_path: Path) -> None:
    found = read("digits", tmp_path, (1, 8, 8), 10, val_fraction=0.1)
    assert (len(found.train), len(found.judge), found.judged) == (1295, 143, "val")


@pytest.mark.parametrize(
    ("shape", "classes", "message", "hint"),
    [
        ((1, 8, 8), 9, "digits has 10 classes, the network gives 9", "10 outputs"),
        ((3, 8, 8), 10, "images of digits are 1 x 8 x 8, the network reads 3 x 8 x 8", "[1, 8, 8]"),
        ((60,), 10, "images of digits are 1 x 8 x 8, the network reads 60", "[1, 8, 8]"),
    ],
)
def test_data_that_does_not_fit_the_network_is_refused(
    tmp_path: Path, shape: tuple[int, ...], classes: int, message: str, hint: str
) -> None:
    with pytest.raises(Fault) as caught:
        read("digits", tmp_path, shape, classes)
    assert caught.value.message == message
    assert hint in str(caught.value.help)
