"""The `train:` section: what to train on, for how long, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.section import Section
from netspec.training.augmentations import AUGMENTATIONS
from netspec.training.data import DATASETS, IMAGES, Data
from netspec.training.losses import LOSSES, inferred
from netspec.training.optimizers import OPTIMIZERS
from netspec.training.schedulers import SCHEDULERS
from netspec.training.vocabulary import Part

__all__ = ["AUGMENTATIONS", "DATASETS", "IMAGES", "LOSSES", "OPTIMIZERS", "SCHEDULERS"]
__all__ += ["Data", "Goal", "Part", "Train", "inferred", "schema"]


class Goal(Section):
    accuracy: float = Field(gt=0, le=1, description="share of right answers to reach, 0 to 1")
    last_epochs: int = Field(
        1, ge=1, le=100_000, description="reached in each of this many epochs at the end"
    )


class Train(Section):
    data: Data = Field(description="what to train on")
    batch_size: int = Field(ge=1, le=1_000_000, description="samples in one step")
    epochs: int = Field(ge=1, le=100_000, description="times through the training images")
    optimizer: Annotated[Part, OPTIMIZERS] = Field(description="a class of torch.optim")
    scheduler: Annotated[Part, SCHEDULERS] | None = Field(
        None, description="a class of torch.optim.lr_scheduler"
    )
    loss: Annotated[Part, LOSSES] | None = Field(
        None, description="default: NLLLoss after LogSoftmax, otherwise CrossEntropyLoss"
    )
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="of convolutions and linear layers; weights stay in float32"
    )
    goal: Goal | None = Field(None, description="what decides the exit code")
    seed: int = Field(
        0, ge=0, lt=2**63, description="of the first weights, the order of samples and all chance"
    )

    def faults(self) -> Iterator[Fault]:
        cycles = self.scheduler and self.scheduler.arguments.get("cycle_momentum")
        if cycles and self.optimizer.arguments.keys().isdisjoint(("momentum", "betas")):
            message = f"{self.optimizer.name} has no momentum for OneCycleLR to cycle"
            at = ("scheduler", "OneCycleLR")
            yield Fault("no-momentum-to-cycle", message, "write cycle_momentum: false", at)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the section, with every name and keyword it knows."""
    return Train.model_json_schema()
