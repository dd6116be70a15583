"""What a trained network says any image files show, or rows of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files as disk
from netspec.runner.after.framed import framed
from netspec.runner.after.trained import Trained
from netspec.runner.data.arrays import Array, Arrays, read_array, samples
from netspec.runner.data.decode import Pixels, opened
from netspec.runner.data.images import Images
from netspec.runner.data.table import read_table
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
    return _answers(run, read, images), refused


def _of_numbers(run: Trained, files: Sequence[Path]) -> tuple[list[Any], list[str]]:
    names: list[Path] = []
    found: list[Array] = []
    refused = []
    for file in files:
        try:
            if run.reads.columns and file.suffix == ".csv":
                values, lines = _table(run, file)
                names += [Path(f"{file}:{line}") for line in lines]
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


def _table(run: Trained, file: Path) -> tuple[Array, Sequence[int]]:
    """(N, F) from the columns that the network learnt from, and the line of each sample."""
    table = read_table(file, run.reads.columns, None)
    return table.x, table.lines


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
        kinds = ".csv, .npy or .npz" if run.reads.columns else ".npy or .npz"
        message = f"{file} is no {kinds}, and the network reads numbers of shape {shape}"
        raise NetspecError(message)
    values = values[None] if values.shape == shape else values
    if values.shape[1:] != shape:
        raise NetspecError(f"{file} has the shape {values.shape}, the network reads (N, *{shape})")
    # Numbers that uint8 holds are numbers here as well.
    return samples(values.astype(numpy.float64), shape, str(file))


def _answers(run: Trained, names: Sequence[Path], images: Images) -> list[Any]:
    here = images.to(run.device)
    network = channels_last(run.network)
    with precision(run.train.precision):
        given = [y.float().cpu() for y, _ in outputs(network, here, run.prepare(here))]
    return of(run.plan.task.name).answers(names, given, run.reads)


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
