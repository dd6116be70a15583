"""Images with masks: images/ and masks/ of the same names, in parts or to be split."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from netspec.diagnostic import NetspecError
from netspec.language.training.maps import unfit
from netspec.language.training.tasks import segmentation
from netspec.runner.data.augment import LEFT_OUT
from netspec.runner.data.contents import Contents, Found
from netspec.runner.data.decode import READABLE, opened
from netspec.runner.data.decode import SUFFIXES as IMAGES
from netspec.runner.data.images import Dataset
from netspec.runner.data.listing import Listing
from netspec.runner.data.masks import SUFFIXES as MASKS
from netspec.runner.data.masks import Way
from netspec.runner.data.pairs import Pairs
from netspec.runner.data.readers.folder import fits, helpers
from netspec.runner.data.wanted import Wanted

_HINT = (
    "images go to train/images/ and test/images/ in it, masks to train/masks/ and test/masks/; "
    "or, with val_fraction, to images/ and masks/"
)


class Part(NamedTuple):
    images: Path
    masks: Path

    @property
    def there(self) -> bool:
        return self.images.is_dir() or self.masks.is_dir()


def read(wanted: Wanted) -> Dataset:
    """The images and masks below the path that the spec names, in memory where they fit."""
    data, world, listing = wanted.data, wanted.world, Listing()
    root = wanted.place / data.path
    if fault := unfit(wanted.shape, wanted.output, data.classes):
        raise fault
    classes = wanted.output[0]
    train, judge, judged = _parts(root, data.val_fraction is not None)
    learnt = _list(train, root, classes, listing, wanted)
    judging = _list(judge, root, classes, listing, wanted) if judge else learnt
    if learnt.shape != judging.shape:
        message = f"{root}: training images are {learnt.shape}, {judged} images {judging.shape}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    stream = data.stream
    if stream is None:
        channels, *size = learnt.shape
        needed = (len(learnt) + len(judging) * bool(judge)) * (channels + 1) * math.prod(size)
        (stream,) = world.any(not fits(needed, world))
    names = tuple(wanted.data.classes or map(str, range(classes)))
    notes, task = listing.notes(root), segmentation.__name__
    found = Dataset(root.name, learnt, judging, names, judged, notes, task=task)
    return found if stream else _told(found.read(), root)


def _parts(root: Path, splits: bool) -> tuple[Part, Part | None, str]:
    """Where images to train and to be judged on are, and what the latter are."""

    def part(name: str) -> Part:
        apart = Part(root / "images" / name, root / "masks" / name)
        return apart if apart.there else Part(root / name / "images", root / name / "masks")

    train = part("train")
    judged = next((name for name in ("test", "val") if part(name).there), None)
    if train.there and judged:
        return train, part(judged), judged
    whole = Part(root / "images", root / "masks")
    if splits and not judged and (train.there or whole.there):
        return train if train.there else whole, None, "val"
    missing = "test/ or val/" if train.there else "train/images/"
    if whole.there and not judged and not train.there:
        raise NetspecError(f"{root} has no parts train/ and test/", "val_fraction splits it")
    raise NetspecError(f"no {missing} in {root}", _HINT)


def _list(part: Part, root: Path, classes: int, listing: Listing, wanted: Wanted) -> Pairs:
    """The images of a part with their masks, unread but for the first."""
    images = _named(part.images, listing, IMAGES, f"no image: those are {READABLE}")
    masks = _named(part.masks, listing, MASKS, "no mask: those are png")
    for name, image in images.items():
        if name not in masks:
            message = f"{image.path} has no mask"
            raise NetspecError(message, f"{part.masks / name}.png is looked for")
    for name, mask in masks.items():
        if name not in images:
            message = f"{mask.path} has no image"
            raise NetspecError(message, f"one called {Path(name).name} goes to {part.images}")
    files = [*images.values(), *(masks[name] for name in images)]
    upright = wanted.data.upright
    first = opened(Path(files[0].path), wanted.grey, wanted.size, upright).shape
    way = Way(first, classes, bool(wanted.size), upright)
    return Pairs(Contents.of(files), root, way, helpers(wanted.world))


def _named(folder: Path, listing: Listing, suffixes: frozenset[str], what: str) -> dict[str, Found]:
    """The files below a folder by their names in it, without suffixes."""
    if not folder.is_dir():
        raise NetspecError(f"no {folder}", _HINT)
    found: dict[str, Found] = {}
    for file in listing.files(folder, suffixes, what):
        name = Path(file.path).relative_to(folder).with_suffix("").as_posix()
        if name in found:
            message = f"{file.path} and {found[name].path} have the same name"
            raise NetspecError(message, "a mask would be for both: rename one")
        found[name] = file
    if not found:
        raise NetspecError(f"nothing is in {folder}", _HINT)
    return found


def _told(data: Dataset, root: Path) -> Dataset:
    """The same, with a note of classes that no mask of the training part has.

    Raises NetspecError where its masks have less than two.
    """
    counts = torch.zeros(256, dtype=torch.long)
    for masks in torch.split(data.train.labels, 100):
        counts += torch.bincount(masks.flatten(), minlength=256)
    there = [bool(count) for count in counts[: len(data.classes)]]
    if sum(there) < 2:
        only = f"class {there.index(True)} alone" if any(there) else "no class"
        message = f"the masks of {root} have {only}"
        hint = None
        if counts[LEFT_OUT]:
            message += f", and {LEFT_OUT}, which is left out"
            hint = f"where {LEFT_OUT} stands for a class, write its index, 1"
        raise NetspecError(message, hint)
    missing = [name for name, one in zip(data.classes, there, strict=True) if not one]
    if not missing:
        return data
    return replace(data, notes=(*data.notes, f"no mask to learn from has {', '.join(missing)}"))
