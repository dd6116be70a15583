"""The `data:` part: which images, and how they are fed."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.language.section import Section
from netspec.language.training.augmentations import AUGMENTATIONS, AugmentationTraits
from netspec.language.training.datasets import DATASETS, DatasetTraits, origins, takers
from netspec.language.training.mixes import MIXES, MixTraits
from netspec.language.training.vocabulary import Choice, Positive

Label = Annotated[str, Field(max_length=200)]


class Data(Section):
    dataset: Annotated[Choice[DatasetTraits], DATASETS] = Field(description=origins())
    path: str = Field(
        "",
        max_length=1024,
        description="for data of one's own: the folder or file, below the data directory",
    )
    split: Literal["byclass", "bymerge", "balanced", "letters", "digits", "mnist"] | None = Field(
        None, description="EMNIST only: which of its classes; default: balanced"
    )
    label: Label | Annotated[list[Label], Field(min_length=1)] | None = Field(
        None,
        description="tables only: the column with the class of each sample, or with a value; "
        "a list for several values, or labels of 0 and 1",
    )
    columns: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="tables only: those that the network reads; default: all but the label"
    )
    classes: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="segmentation only: what the indices in masks stand for, from 0 on"
    )
    resize: bool = Field(False, description="bring images of another size to the network's input")
    val_fraction: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="share of each class's training images that is held back, by the seed, and "
        "judged on in place of the test set",
    )
    orientation: Literal["apply", "ignore"] = Field(
        "apply",
        description="folders only: turn images as their EXIF orientation says, or ignore it, as "
        "torchvision does",
    )
    mean: list[float] | None = Field(
        None,
        description="per channel or column, subtracted from pixels of 0 to 1, or from numbers; "
        "default: measured",
    )
    std: list[Positive] | None = Field(
        None, description="per channel or column, what is then divided by; default: measured"
    )
    stream: bool | None = Field(
        None,
        description="image files only: read them when they are needed; default: where they take "
        "more than half of the memory that is free",
    )
    augment: list[Annotated[Choice[AugmentationTraits], AUGMENTATIONS]] = Field(
        default=[], description="random changes to training images, in this order"
    )
    mix: list[Annotated[Choice[MixTraits], MIXES]] = Field(
        default=[],
        description="mixes of two training samples and their labels, after that: each sample gets "
        "one of these",
    )

    @property
    def labels(self) -> list[str]:
        """The columns of `label`."""
        return [self.label] if isinstance(self.label, str) else self.label or []

    @property
    def resizes(self) -> bool:
        """Whether images are brought to the network's input."""
        return self.resize or self.dataset.traits.resized

    @property
    def upright(self) -> bool:
        """Whether images are turned as their EXIF orientation says."""
        return self.orientation == "apply"

    def faults(self) -> Iterator[Fault]:
        parts = self.path.replace("\\", "/").split("/")
        name, traits = self.dataset.name, self.dataset.traits
        keys = traits.keys
        if self.path and "path" not in keys:
            message = f"{name} has a place of its own, path is for {takers('path')}"
            yield Fault("unused-path", message, "--data-dir says where data sets are", ("path",))
        if self.path and (not parts[0] or ":" in parts[0] or ".." in parts):
            message = f"path '{self.path}' leaves the data directory"
            yield Fault("path-outside", message, "--data-dir says where that is", ("path",))
        if "path" in keys and traits.numbers and not self.path:
            message = f"{name} does not say which file"
            yield Fault("missing-key", message, "path: is its name below the data directory")
        if len(traits.parts) == 1 and self.val_fraction is None:
            message = f"{name} is published without a test part"
            yield Fault("missing-key", message, "val_fraction holds a share of each class back")
        if self.split and "split" not in keys:
            message = f"{name} has no splits, split is for {takers('split')}"
            yield Fault("unused-split", message, "val_fraction holds a part back", ("split",))
        if "label" in keys and self.label is None:
            message = f"{name} does not say which column has the targets"
            yield Fault("missing-key", message, "label: is its name")
        if self.label is not None and "label" not in keys:
            message = f"{name} has labels of its own, label is for {takers('label')}"
            yield Fault("unused-label", message, "leave it out", ("label",))
        if self.columns and "columns" not in keys:
            message = f"{name} has no columns, columns is for {takers('columns')}"
            yield Fault("unused-columns", message, "leave it out", ("columns",))
        if self.classes and "classes" not in keys:
            message = f"{name} has names of its own, classes is for {takers('classes')}"
            yield Fault("unused-classes", message, "leave it out", ("classes",))
        labels = self.labels
        for index, label in enumerate(labels):
            if label in labels[:index]:
                yield Fault(
                    "wrong-value", f"label '{label}' is there twice", None, ("label", index)
                )
        for index, column in enumerate(self.columns or ()):
            if column in labels or column in (self.columns or ())[:index]:
                what = "the label" if column in labels else "there twice"
                message = f"column '{column}' is {what}"
                yield Fault("wrong-value", message, "take it out", ("columns", index))
        if self.stream and "stream" not in keys:
            message = f"{name} is held in memory, stream is for {takers('stream')}"
            yield Fault("unused-stream", message, None, ("stream",))
        if not self.upright and "orientation" not in keys:
            message = f"{name} has no orientations, orientation is for {takers('orientation')}"
            yield Fault("unused-orientation", message, "leave it out", ("orientation",))
        for index, one in enumerate(() if traits.numbers else self.mean or ()):
            if not 0 <= one <= 1:
                message = f"pixels are from 0 to 1, a mean of {one:g} is none of theirs"
                yield Fault(
                    "wrong-value",
                    message,
                    f"{one / 255:.4g} where pixels were taken as 0 to 255",
                    ("mean", index),
                )
        if self.mean is None and self.std is None:
            return
        channels = len(self.mean or ()), len(self.std or ())
        if channels[0] != channels[1]:
            message = f"mean is for {channels[0]} channels, std for {channels[1]}"
            hint = "give both, or neither to have them measured"
            yield Fault("wrong-length", message, hint, ("std" if self.std else "mean",))
