"""What a trained network says any image files show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch

from netspec.diagnostic import NetspecError
from netspec.disk import files as disk
from netspec.runner.after.framed import framed
from netspec.runner.after.trained import Trained
from netspec.runner.data.decode import Pixels, opened
from netspec.runner.data.images import Images
from netspec.runner.loop.evaluate import outputs
from netspec.runner.machine.precision import precision
from netspec.runs.confusion import Prediction


def predict(
    run: Trained,
    files: Sequence[Path],
    invert: bool = False,
    note: Callable[[str], Any] = lambda told: None,
) -> tuple[list[Prediction], list[str]]:
    """What each file shows, and what is wrong with those that cannot be read.

    With `invert` light is dark and dark is light; `note` takes what was done to images.
    """
    read, pixels, refused, cut = [], [], [], 0
    for file in files:
        try:
            image, as_it_was = _pixels(run, file)
        except NetspecError as error:
            refused.append(str(error))
            continue
        pixels.append(255 - image if invert else image)
        read.append(file)
        cut += not as_it_was
    if not read:
        return [], refused
    images = Images(torch.from_numpy(numpy.stack(pixels)), torch.zeros(len(read)).long())
    if cut:
        height, width = images.shape[1:]
        many = "1 image was" if cut == 1 else f"{cut} images were"
        note(f"{many} resized to {width} x {height}, from the largest part in the middle that fits")
    here = images.to(run.device)
    network = run.network.to(memory_format=torch.channels_last)
    with precision(run.train.precision):
        shares = [y.float().softmax(1).cpu() for y, _ in outputs(network, here, run.prepare(here))]
    rows = torch.cat(shares).tolist()
    found = [
        Prediction(file, dict(zip(run.classes, row, strict=True)))
        for file, row in zip(read, rows, strict=True)
    ]
    return found, refused


def _pixels(run: Trained, file: Path) -> tuple[Pixels, bool]:
    """(C, H, W), read as the images of the data set were, and whether nothing was cut off."""
    reads, upright = run.reads, run.train.data.upright
    disk.regular(file)
    size = reads.image[1:] if reads.image else None
    image = opened(file, len(reads.mean) == 1, size if reads.stretch else None, upright)
    if size is None:
        if image.size != reads.input[0]:
            width, height = image.shape[2], image.shape[1]
            wanted = f"the network reads {reads.input[0]} numbers"
            raise NetspecError(f"{file} is {width} x {height}, {wanted}")
        return image, True
    if image.shape == reads.image:
        return image, True
    return framed(image, size), False
