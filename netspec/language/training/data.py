"""The `data:` part: which images, and how they are fed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from netspec.diagnostic import Fault, listed, nearest
from netspec.language.section import Section, custom
from netspec.language.training.augmentations import AUGMENTATIONS
from netspec.language.training.vocabulary import Part, Positive, Share

Dataset = Literal["digits", "MNIST", "FashionMNIST", "CIFAR10", "folder"]
DATASETS: tuple[Dataset, ...] = get_args(Dataset)

IMAGES: dict[str, tuple[tuple[int, int, int], int]] = {
    "digits": ((1, 8, 8), 10),
    "MNIST": ((1, 28, 28), 10),
    "FashionMNIST": ((1, 28, 28), 10),
    "CIFAR10": ((3, 32, 32), 10),
}
"""Shape of one image and number of classes, where the name alone says them."""


def _dataset(name: Any) -> Any:
    if name not in DATASETS:
        hint = nearest(str(name), DATASETS) or listed(DATASETS)
        raise custom(Fault("unknown-dataset", f"unknown data set '{name}'", hint))
    return name


class Data(Section):
    dataset: Annotated[Dataset, BeforeValidator(_dataset)] = Field(
        description="digits comes with scikit-learn; MNIST, FashionMNIST and CIFAR10 are "
        "downloaded where missing; folder reads train/<class>/… and test/<class>/…"
    )
    path: str = Field(
        "",
        max_length=1024,
        description="folder only: where train/ and test/ are, below the data directory",
    )
    resize: bool = Field(False, description="bring images of another size to the network's input")
    val_fraction: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="share of the training images held back and judged on in place of the test set",
    )
    mean: list[Share] | None = Field(
        None, description="per channel, subtracted from pixels of 0 to 1; default: measured"
    )
    std: list[Positive] | None = Field(
        None, description="per channel, what pixels are then divided by; default: measured"
    )
    stream: bool | None = Field(
        None,
        description="folder only: read images when they are needed; default: where they would take "
        "more than half of the memory that is free",
    )
    augment: list[Annotated[Part, AUGMENTATIONS]] = Field(
        default=[], description="random changes to training images, in this order"
    )

    def faults(self) -> Iterator[Fault]:
        parts = self.path.replace("\\", "/").split("/")
        if self.path and self.dataset != "folder":
            message = f"{self.dataset} has a place of its own, path is for folder"
            yield Fault("unused-path", message, "--data-dir says where data sets are", ("path",))
        if self.path and (not parts[0] or ":" in parts[0] or ".." in parts):
            message = f"path '{self.path}' leaves the data directory"
            yield Fault("path-outside", message, "--data-dir says where that is", ("path",))
        if self.stream and self.dataset != "folder":
            message = f"{self.dataset} is held in memory, stream is for folder"
            yield Fault("unused-stream", message, None, ("stream",))
        if self.mean is None and self.std is None:
            return
        channels = len(self.mean or ()), len(self.std or ())
        if channels[0] != channels[1]:
            message = f"mean is for {channels[0]} channels, std for {channels[1]}"
            hint = "give both, or neither to have them measured"
            yield Fault("wrong-length", message, hint, ("std" if self.std else "mean",))
