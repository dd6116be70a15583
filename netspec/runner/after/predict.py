"""What a trained network says any image files show, or rows of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import torch

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files as disk
from netspec.runner.after.framed import Box, frame, framed
from netspec.runner.after.trained import Trained
from netspec.runner.data.arrays import Array, Arrays, read_array, samples
from netspec.runner.data.decode import Pixels, opened, resized
from netspec.runner.data.images import Images
from netspec.runner.data.tables import TABLES
from netspec.runner.loop.evaluate import outputs
from netspec.runner.machine.layout import channels_last
from netspec.runner.machine.precision import precision
from netspec.runner.tasks import of


def predict(
    run: Trained,
    files: Sequence[Path],
    invert: bool = False,
    note: Callable[[str], Any] = lambda told: None,
) -> tuple[list[Any], list[str]]:
    """What each file shows, and what is wrong with those that cannot be read.

    With `invert` light is dark and dark is light; `note` takes what was done to images.
    """
    if run.reads.numbers:
        if invert:
            raise UsageError("numbers are neither light nor dark", "leave --invert out")
        return _of_numbers(run, files)
    read, seen, refused = [], [], []
    for file in files:
        try:
            seen.append(_seen(run, file))
        except NetspecError as error:
            refused.append(str(error))
            continue
        read.append(file)
    if not read:
        return [], refused
    pixels = torch.from_numpy(numpy.stack([one.pixels for one in seen]))
    images = Images(255 - pixels if invert else pixels, torch.zeros(len(read)).long())
    if cut := sum(one.cut for one in seen):
        height, width = images.shape[1:]
        many = "1 image was" if cut == 1 else f"{cut} images were"
        note(f"{many} resized to {width} x {height}, from the largest part in the middle that fits")
    task, answers = of(run.plan.task.name), _answers(run, read, images)
    return [
        task.over(one, shown.size, shown.box) for one, shown in zip(answers, seen, strict=True)
    ], refused


class _Seen(NamedTuple):
    """What the network sees of an image."""

    pixels: Pixels
    """(C, H, W), read as the images of the data set were."""
    size: tuple[int, int]
    """Height and width of the image."""
    box: Box
    cut: bool
    """Whether that is not all of it, as it is."""


def _of_numbers(run: Trained, files: Sequence[Path]) -> tuple[list[Any], list[str]]:
    names: list[Path] = []
    found: list[Array] = []
    refused = []
    for file in files:
        try:
            if run.reads.columns and file.suffix[1:] in TABLES:
                table = TABLES[file.suffix[1:]](file, run.reads.columns, None)
                values = table.x
                names += [Path(table.place(file, index)) for index in range(len(values))]
            else:
                values = _rows(run, file)
                names += [Path(f"{file}[{index}]") for index in range(len(values))]
        except NetspecError as error:
            refused.append(str(error))
            continue
        found.append(values)
    if not names:
        return [], refused
    x = torch.from_numpy(numpy.concatenate(found))
    return _answers(run, names, Images(x, torch.zeros(len(x)).long())), refused


def _rows(run: Trained, file: Path) -> Array:
    """(N, *) from an array file: the x of an .npz, or an .npy of many samples or of one."""
    shape = run.reads.input
    if file.suffix == ".npz":
        arrays = Arrays(file)
        if "x" not in arrays.names:
            raise NetspecError(f"{file} has no x", "numpy.savez(file, x=…)")
        values = arrays.read("x")
    elif file.suffix == ".npy":
        values = read_array(file)
    else:
        tables = [f".{end}" for end in TABLES] if run.reads.columns else []
        kinds = f"{', '.join([*tables, '.npy'])} or .npz"
        message = f"{file} is no {kinds}, and the network reads numbers of shape {shape}"
        raise NetspecError(message)
    values = values[None] if values.shape == shape else values
    if values.shape[1:] != shape:
        raise NetspecError(f"{file} has the shape {values.shape}, the network reads (N, *{shape})")
    # Numbers that uint8 holds are numbers here as well.
    return samples(values.astype(numpy.float64), shape, str(file))


def _answers(run: Trained, names: Sequence[Path], images: Images) -> list[Any]:
    here = images.to(run.device)
    network, task = channels_last(run.network), of(run.plan.task.name)
    with precision(run.train.precision):
        given = [task.kept(y) for y, _ in outputs(network, here, run.prepare(here))]
    return task.answers(names, given, run.reads)


def _seen(run: Trained, file: Path) -> _Seen:
    reads, upright = run.reads, run.train.data.upright
    disk.regular(file)
    size = reads.image[1:] if reads.image else None
    image = opened(file, len(reads.mean) == 1, None, upright)
    _, height, width = image.shape
    whole = Box(0, 0, width, height)
    if size is None:
        if image.size != reads.input[0]:
            wanted = f"the network reads {reads.input[0]} numbers"
            raise NetspecError(f"{file} is {width} x {height}, {wanted}")
        return _Seen(image, (height, width), whole, cut=False)
    if reads.stretch or image.shape == reads.image:
        return _Seen(resized(image, size), (height, width), whole, cut=False)
    return _Seen(framed(image, size), (height, width), frame(image.shape, size), cut=True)
