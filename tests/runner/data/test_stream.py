"""Images that are read when they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from datasets import read
from pydantic import ValidationError

from netspec.diagnostic import NetspecError
from netspec.runner.data.images import Images
from netspec.runner.data.stream import Streamed


def test_gives_what_memory_gives(folder: Path) -> None:
    picks = [torch.tensor([5, 0, 3]), torch.tensor([1])]
    for more in ({}, {"resize": True}, {"val_fraction": 0.34}):
        shape = (3, 5, 7) if "resize" in more else (3, 4, 6)
        streamed, held = (
            read("folder", folder, shape, 2, stream=stream, **more) for stream in (True, False)
        )
        assert type(streamed.train) is Streamed
        assert type(held.train) is Images
        found = list(streamed.train.batches([pick % len(held.train) for pick in picks]))
        wanted = list(held.train.batches([pick % len(held.train) for pick in picks]))
        for ours, theirs in zip(found, wanted, strict=True):
            assert all(map(torch.equal, ours, theirs))


def test_reading_leaves_the_generator_of_dropout_alone(folder: Path) -> None:
    images = read("folder", folder, (3, 4, 6), 2, stream=True).train
    before = torch.get_rng_state()
    assert len(list(images.batches([torch.tensor([0])]))) == 1
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("free", "kind"), [(2 * 720, Images), (2 * 720 - 2, Streamed), (None, Images)]
)
def test_is_chosen_where_images_would_take_more_than_half_of_what_is_free(
    folder: Path, monkeypatch: pytest.MonkeyPatch, free: int | None, kind: type
) -> None:
    monkeypatch.setattr("netspec.runner.data.readers.folder.free", lambda device: free)
    assert type(read("folder", folder, (3, 4, 6), 2).train) is kind


def test_a_damaged_image_is_named_without_a_traceback(folder: Path) -> None:
    images = read("folder", folder, (3, 4, 6), 2, stream=True).train
    (folder / "train" / "dog" / "0.png").write_bytes(b"")
    with pytest.raises(NetspecError, match=r"0\.png is not an image") as caught:
        list(images.batches([torch.arange(6)]))
    assert "\n" not in str(caught.value)


def test_is_for_folders(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="digits is held in memory"):
        read("digits", tmp_path, (1, 8, 8), 10, stream=True)
