"""What a task says of targets, figures and answers, and the sums of an epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from netspec.diagnostic import Fault, NetspecError, UsageError
from netspec.language.training import TASKS, Choice, Figure, LossTraits, TaskTraits
from netspec.network.device import CPU
from netspec.network.reads import Reads
from netspec.runner.loop.optimize import criterion
from netspec.runner.together.world import ALONE, World

if TYPE_CHECKING:
    from netspec.runner.data.images import Dataset, Feed
    from netspec.runs.answers import Answers

Sums = dict[str, Tensor]
Array = NDArray[Any]


class Targets(NamedTuple):
    """What samples are learnt to be, and what it is called."""

    parts: dict[str, Tensor]
    """(N, *) by the name of its array."""
    names: tuple[str, ...]
    """Of classes, labels or targets: of each number that the network gives."""


class Judging(ABC):
    """The answers on one part of a data set, as they come in."""

    def __init__(self, data: Dataset, part: str, images: Feed) -> None:
        self.data, self.part, self.images = data, part, images
        self.judgement: Any = None
        """What `judge` gave in the end."""

    @abstractmethod
    def add(self, y: Tensor, targets: Tensor) -> None:
        """Take in what the network gave for a batch, both on the device."""

    @abstractmethod
    def judge(self, loss: float) -> Any:
        """Every figure that follows from them: what `netspec.render.tasks` shows of this task."""

    def end(self, loss: float) -> None:
        """Sum up; `loss` is their mean."""
        self.judgement = self.judge(loss)

    @abstractmethod
    def draw(self, folder: Path, title: str) -> None:
        """Leave a picture of them in a folder."""

    def kept(self, epoch: int) -> Answers | None:
        """What a run keeps of them for its page; `epoch` is that of the weights."""
        return None

    def wrong(self, true: str, answer: str) -> tuple[Tensor, Tensor]:
        """Pictures of one class that were taken for another; UsageError where there are none."""
        raise UsageError(f"{self.data.name} has no classes to take for one another")


class Task(ABC):
    """One task: instances have no state."""

    name: str
    by_step: tuple[str, ...] = ()
    """Sums that training keeps for each step of the epoch."""

    @property
    def traits(self) -> TaskTraits:
        """What is known of it without tensors."""
        return TASKS.traits[self.name]

    @abstractmethod
    def read(self, parts: Mapping[str, Array], names: Array | None, file: object) -> Targets:
        """Targets of the arrays in `file`, the first of which is learnt from.

        `names` is what the file calls classes, labels or targets. Raises NetspecError, with file
        and place, where they are no targets of this task.
        """

    def wrong(self, y: Array) -> tuple[tuple[int, int], str] | None:
        """The first of (N, T) numbers that is no target, and what one is; None where all are."""
        return None

    def named(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Where a data set and a file of weights have the names of targets."""
        return {"classes": tuple(names)}

    def ending(self, names: int, output: tuple[int, ...]) -> str:
        """How a network that gives `output` is to end in place of that."""
        return f"end it with Flatten and {names} output{'s' * (names != 1)}"

    @abstractmethod
    def check(self, data: Dataset, what: str, targets: Tensor) -> None:
        """Refuse (NetspecError) targets of one part that cannot be right."""

    @abstractmethod
    def split(self, data: Dataset, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
        """Indexes of what is learnt from and of a fraction that is held back, drawn by the seed."""

    def held_back(self, data: Dataset, fraction: float) -> tuple[str, ...]:
        """What to say of the parts after such a split; Fault where they are of no use."""
        return ()

    def criterion(self, loss: Choice[LossTraits], device: torch.device = CPU) -> nn.Module:
        """The loss; where samples do not count alike in its mean it has `mass` or `weight`."""
        return criterion(loss, device)

    @abstractmethod
    def sums(self, wanted: Sequence[str], names: int, steps: int, device: torch.device) -> Sums:
        """Zeros to add to, by name: those `by_step` have a first axis of so many steps."""

    @abstractmethod
    def add(self, sums: Sums, step: int, y: Tensor, targets: Tensor) -> None:
        """Add what the network gave for some samples; nothing may wait for the device."""

    @abstractmethod
    def figures(self, sums: Sums, feed: Feed) -> dict[str, float]:
        """Every wanted figure over all of `feed`, from the sums of all processes on the CPU."""

    def so_far(self, sums: Sums, samples: float) -> dict[str, float]:
        """Figures of an epoch that is under way, those that follow from these sums alone."""
        return {}

    @abstractmethod
    def judging(self, data: Dataset, part: str, images: Feed) -> Judging:
        """Takes in the answers on a part, which is `images`."""

    @abstractmethod
    def answers(self, files: Sequence[Path], y: Sequence[Tensor], reads: Reads) -> list[Any]:
        """What is said of each file: what `netspec.render.tasks` shows of this task.

        `y` is what the network gave, in batches on the CPU.
        """


class Gauge:
    """The figures of a task over an epoch, or over a part: added up where the tensors are."""

    def __init__(
        self,
        task: Task,
        wanted: Sequence[Figure],
        names: int,
        steps: int = 1,
        device: torch.device = CPU,
    ) -> None:
        self.task = task
        self.wanted = [one.name for one in wanted]
        self._names = names
        self.sums = task.sums(self.wanted, names, steps, device)

    def alike(self, device: torch.device) -> Gauge:
        """The same from nothing, for a part that is gone through in one go."""
        wanted = [one for one in self.task.traits.known if one.name in self.wanted]
        return Gauge(self.task, wanted, self._names, 1, device)

    def add(self, y: Tensor, targets: Tensor, step: int = 0) -> None:
        """Add what the network gave for some samples of a step."""
        self.task.add(self.sums, step, y, targets)

    def zero(self) -> None:
        """Begin anew."""
        for tensor in self.sums.values():
            tensor.zero_()

    def figures(self, feed: Feed, world: World = ALONE) -> dict[str, float]:
        """All of them, by name, over all processes."""
        whole = {name: world.sum(tensor.clone()).cpu() for name, tensor in self.sums.items()}
        found = self.task.figures(whole, feed)
        return {name: found[name] for name in self.wanted}

    def so_far(self, samples: float) -> Iterator[tuple[Figure, float]]:
        """Some figures of this process's part of an epoch that is under way."""
        found = self.task.so_far(self.sums, samples)
        return ((one, found[one.name]) for one in self.task.traits.known if one.name in found)

    def saved(self, step: int, world: World) -> Sums:
        """The sums of all processes after so many steps."""
        return {name: world.sum(one.clone()) for name, one in self.until(step).items()}

    def until(self, step: int) -> Sums:
        """What is there after so many steps."""
        by_step = self.task.by_step
        return {name: one[:step] if name in by_step else one for name, one in self.sums.items()}

    def load(self, saved: Mapping[str, Tensor], step: int, share: bool) -> None:
        """Take up what was saved; `share` is whether it is this process's, or another's."""
        for name, tensor in self.until(step).items():
            tensor.copy_(saved[name] * share)


def exact(device: torch.device) -> torch.dtype:
    """What sums of errors are kept in."""
    return torch.float32 if device.type == "mps" else torch.float64


def numbers(values: Array, name: str, file: object) -> Array:
    """The same as they come; NetspecError where they are no finite numbers of float32."""
    if values.dtype.kind not in "iufb":
        raise NetspecError(f"{file}: {name} is {values.dtype}, targets are numbers")
    if values.ndim not in (1, 2):
        message = f"{file}: {name} has the shape {values.shape}"
        raise NetspecError(message, "targets are (N,), or (N, T) for T of them")
    with numpy.errstate(over="ignore"):
        wrong = ~numpy.isfinite(values.astype(numpy.float32))
    if wrong.any():
        at = tuple(numpy.argwhere(wrong)[0])
        value = values[at]
        what = value if not numpy.isfinite(value) else f"{value:g}, beyond float32"
        place = ", ".join(map(str, at))
        raise NetspecError(f"{file}: {name}[{place}] is {what}", "a target is a finite number")
    return values


def alike(parts: Mapping[str, Array], file: object) -> dict[str, Array]:
    """(N, T) of each; NetspecError where parts have another T."""
    found = {name: y[:, None] if y.ndim == 1 else y for name, y in parts.items()}
    (first, learnt), *rest = found.items()
    for name, y in rest:
        if y.shape[1] != learnt.shape[1]:
            message = f"{file}: {first} has {learnt.shape[1]} columns, {name} has {y.shape[1]}"
            raise NetspecError(message, "a column for each target")
    return found


def called(
    names: Array | None, count: int, default: Sequence[str], file: object
) -> tuple[str, ...]:
    """So many names, as the file has them."""
    if names is None:
        return tuple(default)
    if names.ndim != 1 or names.dtype.kind not in "US" or len(names) != count:
        raise NetspecError(f"{file}: its names are no list of {count}")
    return tuple(n.decode("utf-8", "replace") if isinstance(n, bytes) else str(n) for n in names)


def drawn(count: int, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """The indexes of two parts in order; the second has `fraction` of them."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    held = round(fraction * count)
    if not 0 < held < count:
        what = "nothing back" if not held else "everything back"
        raise Fault(
            "data-mismatch", f"val_fraction {fraction:g} of {count} holds {what}", None,
            ("val_fraction",),
        )  # fmt: skip
    return order[held:].sort().values, order[:held].sort().values
