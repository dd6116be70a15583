"""CIFAR's pickles and class folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from datasets import picture, read

from netspec.diagnostic import NetspecError


def test_cifar10_is_read_from_class_folders(tmp_path: Path, offline: list[Any]) -> None:
    for part in ("train", "test"):
        for name in range(10):
            picture(tmp_path / "cifar10" / part / f"{name}" / "0.png", (32, 32))
    found = read("CIFAR10", tmp_path, (3, 32, 32), 10)
    assert (found.name, len(found.train)) == ("CIFAR10", 10)
    assert not offline


def test_a_pickle_that_is_not_the_published_one_is_not_opened(
    tmp_path: Path, offline: list[Any]
) -> None:
    place = tmp_path / "cifar-10-batches-py"
    place.mkdir()
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"):
        (place / name).write_bytes(b"cposix\nsystem\n(S'touch ran'\ntR.")
    with pytest.raises(NetspecError, match=r"data_batch_1 is \d+ bytes of md5 \w+, c99caf\w+ "):
        read("CIFAR10", tmp_path, (3, 32, 32), 10)
    assert not offline
