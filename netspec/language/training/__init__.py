"""The `train:` section: what to train on, for how long, and how."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.language.section import Section
from netspec.language.training.augmentations import AUGMENTATIONS, AugmentationTraits
from netspec.language.training.averages import AVERAGES, AverageTraits
from netspec.language.training.data import Data
from netspec.language.training.datasets import DATASETS, DatasetTraits
from netspec.language.training.goals import EarlyStopping, Goal, More
from netspec.language.training.losses import LOSSES, LossTraits, for_targets, inferred
from netspec.language.training.mixes import MIXES, MixTraits
from netspec.language.training.optimizers import OPTIMIZERS, OptimizerTraits
from netspec.language.training.parts import Group
from netspec.language.training.schedulers import SCHEDULERS, SchedulerTraits
from netspec.language.training.tasks import (
    FIGURES,
    TASKS,
    Figure,
    Sign,
    TaskTraits,
    agreed,
    of_figure,
    of_targets,
)
from netspec.language.training.vocabulary import Choice

__all__ = ["AUGMENTATIONS", "AVERAGES", "DATASETS", "LOSSES", "MIXES", "OPTIMIZERS"]
__all__ += ["SCHEDULERS"]
__all__ += ["AugmentationTraits", "AverageTraits", "DatasetTraits", "LossTraits", "MixTraits"]
__all__ += [
    "Choice",
    "Data",
    "EarlyStopping",
    "Goal",
    "Group",
    "OptimizerTraits",
    "SchedulerTraits",
]
__all__ += ["FIGURES", "TASKS", "Figure", "TaskTraits", "Train", "inferred", "schema"]


class Train(Section):
    data: Data = Field(description="what to train on")
    batch_size: int = Field(ge=1, le=1_000_000, description="samples in one step")
    epochs: int = Field(ge=1, le=100_000, description="times through the training images")
    optimizer: Annotated[Choice[OptimizerTraits], OPTIMIZERS] = Field(
        description="a class of torch.optim"
    )
    scheduler: Annotated[Choice[SchedulerTraits], SCHEDULERS] | None = Field(
        None, description="a class of torch.optim.lr_scheduler"
    )
    task: Annotated[Choice[TaskTraits], TASKS] | None = Field(
        None, description="what is learnt; default: what loss and data say"
    )
    loss: Annotated[Choice[LossTraits], LOSSES] | None = Field(
        None,
        description="default: NLLLoss after LogSoftmax, otherwise CrossEntropyLoss; for regression "
        "MSELoss, for multi_label BCEWithLogitsLoss",
    )
    metrics: list[More] = Field(
        [], description="figures to measure beside those of the task, such as top5"
    )
    average: Annotated[Choice[AverageTraits], AVERAGES] | None = Field(
        None, description="judge and keep an average of the weights in place of the last ones"
    )
    freeze: list[str] = Field(
        [], description="layers that stay as they are, by their names: stem, or conv1.0"
    )
    groups: dict[str, Group] = Field(
        {}, description="layers with a learning rate or weight decay of their own, by their names"
    )
    accumulate: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="parts in which a batch is taken, to need less memory: gradients add up to "
        "those of the batch, batch norm uses the statistics of a part",
    )
    clip_grad_norm: float | None = Field(
        None, gt=0, description="largest L2 norm of all gradients together; larger ones are scaled"
    )
    clip_grad_value: float | None = Field(
        None,
        gt=0,
        le=3e38,
        description="largest absolute value of a gradient; larger ones are cut",
    )
    precision: Literal["float32", "tf32", "bfloat16", "auto"] = Field(
        "float32",
        description="of convolutions and linear layers; weights stay in float32, tf32 is float32 "
        "but on CUDA, and auto the faster of float32 and bfloat16 at the start",
    )
    deterministic: bool = Field(
        False,
        description="on a GPU, use only algorithms that give the same figures each time; "
        "on the CPU all do, for one number of threads",
    )
    early_stopping: EarlyStopping | None = Field(
        None, description="end before the last epoch where there is no progress"
    )
    goal: Goal | None = Field(None, description="what decides the exit code")
    seed: int = Field(
        0, ge=0, lt=2**63, description="of the first weights, the order of samples and all chance"
    )

    @property
    def told(self) -> Choice[TaskTraits] | None:
        """The task where the spec says which, None where only its data does."""
        left, _ = agreed(self._signs())
        return TASKS.read(next(iter(left))) if len(left) == 1 else None

    def figures(self, task: TaskTraits) -> tuple[Figure, ...]:
        """What is measured in each epoch: the task's figures, then others that are named."""
        asked = {name for name, _ in self._named()}
        return task.figures + tuple(one for one in task.more if one.name in asked)

    def _named(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """Figures that are named, with the place."""
        yield from ((name, ("goal", name)) for name in (self.goal.wanted if self.goal else ()))
        if self.early_stopping and self.early_stopping.monitor != "loss":
            yield self.early_stopping.monitor, ("early_stopping", "monitor")
        yield from ((name, ("metrics", index)) for index, name in enumerate(self.metrics))

    def _signs(self) -> Iterator[Sign]:
        if self.task:
            yield Sign("the task is", ("task",), frozenset((self.task.name,)))
        name, traits = self.data.dataset.name, self.data.dataset.traits
        yield Sign(f"{name} is for", ("data", "dataset"), frozenset(traits.tasks))
        if self.loss:
            tasks = of_targets(self.loss.traits.targets)
            yield Sign(f"{self.loss.name} is for", ("loss",), tasks)
        if self.data.mix:
            first = self.data.mix[0]
            yield Sign(f"{first.name} is for", ("data", "mix", 0), frozenset(first.traits.tasks))
        yield from (Sign(f"{name} is for", at, of_figure(name)) for name, at in self._named())

    @property
    def held(self) -> int:
        """Samples that are in memory at once."""
        return -(-self.batch_size // self.accumulate)

    def faults(self) -> Iterator[Fault]:
        if (wrong := agreed(self._signs())[1]) is not None:
            sign, before = wrong
            losses = [] if sign.at[0] != "loss" else self._losses(before.tasks)
            hint = f"{' or '.join(losses)} would do" if losses else None
            yield Fault("task-mismatch", f"{sign.text}, {before.text}", hint, sign.at)
        if self.accumulate > self.batch_size:
            message = f"{self.batch_size} samples cannot be taken in {self.accumulate} parts"
            yield Fault("too-many-parts", message, None, ("accumulate",))
        if self.clip_grad_norm and self.clip_grad_value:
            message = "gradients are clipped by norm or by value, not both"
            yield Fault("clipped-twice", message, "take one out", ("clip_grad_value",))
        if self.average and (key := self.average.traits.start):
            start = self.average.arguments[key]
            if start > self.epochs:
                message = f"averaging starts in epoch {start}, the last is {self.epochs}"
                at = ("average", self.average.name, key)
                yield Fault("average-too-late", message, None, at)
        if self.freeze and self.average and self.average.traits.start:
            name = self.average.name
            message = f"{name} measures running statistics anew, those of frozen layers as well"
            yield Fault("idle-part", message, "EMA keeps them", ("average", name))
        if self.data.mix and self.batch_size == 1:
            message = "a batch of 1 has no two samples to mix"
            yield Fault("wrong-value", message, "batch_size: 2 or more", ("data", "mix"))
        cycles = self.scheduler and self.scheduler.arguments.get("cycle_momentum")
        if self.scheduler and cycles and not self.optimizer.traits.momentum:
            name = self.scheduler.name
            message = f"{self.optimizer.name} has no momentum for {name} to cycle"
            hint = "write cycle_momentum: false"
            yield Fault("no-momentum-to-cycle", message, hint, ("scheduler", name))

    @staticmethod
    def _losses(tasks: Iterable[str]) -> list[str]:
        every = dict.fromkeys(TASKS.traits[task].targets for task in sorted(tasks))
        return [name for targets in every for name in for_targets(targets)]


def schema() -> dict[str, Any]:
    """The JSON Schema of the section, with every name and keyword it knows."""
    return Train.model_json_schema()
