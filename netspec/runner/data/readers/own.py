"""Data that a caller gives: tensors, or data sets of torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import NetspecError, UsageError
from netspec.network.device import CPU
from netspec.runner.data.arrays import Array, samples
from netspec.runner.data.images import Dataset, Digest, Feed, Images, Shape
from netspec.runner.data.targets import learnt
from netspec.runner.data.wanted import Wanted

_PAIR = "it is (train, test), each a Dataset of torch or a pair of tensors, samples and labels"


def read(wanted: Wanted) -> Dataset:
    """What was given, in memory where it is tensors, else a sample at a time."""
    given = wanted.given
    if given is None:
        raise UsageError(
            "the spec is for data of one's own, and none was given",
            "netspec train SPEC --data module:function, or netspec.train(spec, data=(train, test))",
        )
    pair = tuple(given) if isinstance(given, list | tuple) else ()
    if not 1 <= len(pair) <= 2:
        raise UsageError(f"data is {type(given).__name__}", _PAIR)
    test = pair[1] if len(pair) == 2 else None
    if test is None and wanted.data.val_fraction is None:
        raise UsageError("data has no test part", f"{_PAIR}; val_fraction does without")
    judged = wanted.data.val_fraction is None
    parts = {"train": pair[0], **({"test": test} if judged else {})}
    found = {name: _part(part, name, wanted) for name, part in parts.items()}
    names = getattr(pair[0], "classes", None)
    targets = learnt(
        {f"y_{name}": y for name, (_, y) in found.items()},
        None if names is None else numpy.array([str(name) for name in names]),
        "data",
        wanted.task,
    )
    feeds: list[Feed] = [
        replace(x, labels=targets.parts[f"y_{name}"]) for name, (x, _) in found.items()
    ]
    if feeds[0].shape != feeds[-1].shape or feeds[0].numbers != feeds[-1].numbers:
        message = f"samples of train are {feeds[0].shape}, of test {feeds[-1].shape}"
        raise NetspecError(message, "of one shape and one dtype")
    told: dict[str, Any] = {"classes": (), **targets.told}
    return Dataset("own data", feeds[0], feeds[-1], judged="test" if judged else "val", **told)


def _part(part: Any, name: str, wanted: Wanted) -> tuple[Any, Array]:
    """A feed whose labels are still to come, and those as they were given."""
    part = getattr(part, "tensors", part)  # a TensorDataset
    if isinstance(part, list | tuple) and len(part) == 2 and all(map(_is_array, part)):
        x, y = (_array(one) for one in part)
        if y.shape[:1] != (len(x),):
            message = f"{name} has samples of shape {x.shape}, labels of {y.shape}"
            raise NetspecError(message, f"({len(x)},) has a label for each sample")
        x = samples(x, wanted.shape, f"x_{name}")
        return Images(torch.from_numpy(x), torch.empty(0)), y
    if not (hasattr(part, "__len__") and hasattr(part, "__getitem__")) or not len(part):
        raise UsageError(f"{name} is {type(part).__name__}", f"{_PAIR}, with a length")
    source = _Source(part, name, wanted.grey, wanted.size)
    first, labels = None, []
    for index in range(len(part)):
        sample, label = source.read(index, first)
        first = sample if first is None else first
        labels.append(_label(label, f"{name}[{index}]"))
        if numpy.shape(labels[-1]) != numpy.shape(labels[0]):
            shapes = f"of shape {numpy.shape(labels[-1])}, others {numpy.shape(labels[0])}"
            raise NetspecError(f"the label of {name}[{index}] is {shapes}")
    assert first is not None
    feed = Given(source, torch.arange(len(part)), torch.empty(0), first.shape, first.dtype.kind)
    return feed, numpy.array(labels)


@dataclass(frozen=True, slots=True)
class Given:
    """A data set of torch, whose samples are asked for when their batch is due."""

    source: _Source
    picks: Tensor
    """Which of the samples it has, in order."""
    labels: Tensor
    shape: Shape
    letter: str
    """NumPy's letter for the kind of numbers that a sample has."""
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def numbers(self) -> bool:
        return self.letter != "u"

    @property
    def stored(self) -> int:
        return len(self.picks)

    @property
    def contents(self) -> None:
        """Nothing is known of where it comes from."""

    def batches(self, picks: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        for pick in picks:
            yield self._batch(pick.cpu()).to(self.device), self.labels[pick.cpu()].to(self.device)

    def digest(self, into: Digest) -> None:
        """That of labels and shapes alone: samples may be drawn anew each time."""
        into.update(f"{self.shape} {len(self)}".encode())
        into.update(self.labels.numpy().data)

    def take(self, picks: Tensor) -> Given:
        return replace(self, picks=self.picks[picks], labels=self.labels[picks])

    def to(self, device: torch.device) -> Given:
        return replace(self, device=device)

    def resized(self, size: Shape) -> Images:
        return self.read().resized(size)

    def read(self) -> Images:
        return Images(self._batch(torch.arange(len(self))), self.labels)

    def _batch(self, pick: Tensor) -> Tensor:
        expected = numpy.empty(self.shape, numpy.float32 if self.numbers else numpy.uint8)
        found = [self.source.read(index, expected)[0] for index in self.picks[pick].tolist()]
        stacked = numpy.stack(found) if found else numpy.empty((0, *self.shape), expected.dtype)
        return torch.from_numpy(stacked)


class _Source(NamedTuple):
    """A data set of torch, and how its pictures are read."""

    given: Any
    name: str
    grey: bool
    size: tuple[int, ...] | None
    """Height and width that pictures are brought to, None for those that they have."""

    def read(self, index: int, expected: Array | None) -> tuple[Array, Any]:
        """uint8 (C, H, W) or float32, like the one that is expected, and the label as it is."""
        where = f"{self.name}[{index}]"
        try:
            item = self.given[index]
        except Exception as error:  # it is somebody's own code
            what = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise NetspecError(f"{where} failed: {what}") from error
        if not isinstance(item, list | tuple) or len(item) != 2:
            raise UsageError(f"{where} is {type(item).__name__}", "it is a sample and a label")
        values = self._pixels(item[0]) if hasattr(item[0], "convert") else _array(item[0])
        shape = values.shape or (1,)
        found: Array = samples(values.reshape(1, *shape), shape, where)[0]
        if expected is not None and (found.shape, found.dtype) != (expected.shape, expected.dtype):
            kinds = [f"{one.dtype} of {one.shape}" for one in (found, expected)]
            hint = "resize: true brings pictures to the network's input"
            raise NetspecError(f"{where} is {kinds[0]}, others are {kinds[1]}", hint)
        return found, item[1]

    def _pixels(self, picture: Any) -> Array:
        """(C, H, W) of a picture of Pillow's, as image files are read."""
        from PIL import Image

        found = picture.convert("L" if self.grey else "RGB")
        if self.size and found.size != (self.size[1], self.size[0]):
            found = found.resize((self.size[1], self.size[0]), Image.Resampling.BILINEAR)
        values = numpy.asarray(found)
        return values[None] if self.grey else values.transpose(2, 0, 1)


def _label(value: Any, where: str) -> Any:
    label = _array(value)
    if label.ndim > 1 or not label.size:
        hint = "a number, or one for each target"
        raise NetspecError(f"the label of {where} is of shape {label.shape}", hint)
    return label.reshape(()).item() if label.size == 1 else label


def _is_array(value: Any) -> bool:
    return isinstance(value, Tensor | numpy.ndarray)


def _array(value: Any) -> Array:
    return value.detach().cpu().numpy() if isinstance(value, Tensor) else numpy.asarray(value)
