"""What a trained network says any image files show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy
import torch

from netspec.diagnostic import NetspecError
from netspec.runner.after.trained import Trained
from netspec.runner.data.decode import Pixels, opened
from netspec.runner.data.images import Images
from netspec.runner.loop.evaluate import outputs
from netspec.runs.confusion import Prediction


def predict(run: Trained, files: Sequence[Path]) -> tuple[list[Prediction], list[str]]:
    """What each file shows, and what is wrong with those that cannot be read."""
    read, pixels, refused = [], [], []
    for file in files:
        try:
            pixels.append(_pixels(run, file))
            read.append(file)
        except NetspecError as error:
            refused.append(str(error))
    if not read:
        return [], refused
    images = Images(torch.from_numpy(numpy.stack(pixels)), torch.zeros(len(read)).long())
    here = images.to(run.device)
    network = run.network.to(memory_format=torch.channels_last)
    shares = [y.float().softmax(1).cpu() for y, _ in outputs(network, here, run.prepare(here))]
    rows = torch.cat(shares).tolist()
    found = [
        Prediction(file, dict(zip(run.classes, row, strict=True)))
        for file, row in zip(read, rows, strict=True)
    ]
    return found, refused


def _pixels(run: Trained, file: Path) -> Pixels:
    """(C, H, W), read as the images of the data set were."""
    shape, data = run.plan.input, run.train.data
    resize = data.resizes and len(shape) == 3
    image = opened(file, len(run.mean) == 1, shape[1:] if resize else None, data.upright)
    if shape not in (image.shape, (image.size,)):
        width, height = image.shape[2], image.shape[1]
        wanted = f"{shape[2]} x {shape[1]}" if len(shape) == 3 else f"{shape[0]} numbers"
        raise NetspecError(f"{file} is {width} x {height}, the network reads {wanted}")
    return image
