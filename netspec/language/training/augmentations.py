"""`torchvision.transforms.v2`: random changes, drawn anew for every sample of every batch.

They run in the order of the file on pixels between 0 and 1, before normalization, so a fill of 0
is black. Images keep their size.
"""
# ruff: noqa: N802 (names and order are torch's)

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, Strict

from netspec.diagnostic import Fault
from netspec.language.section import custom
from netspec.language.training.vocabulary import (
    NotNegative,
    Pair,
    Positive,
    UnitInterval,
    Vocabulary,
)


def _around_zero(value: Any) -> Any:
    """[-value, value] for a number, as torchvision reads one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if value < 0:
        raise custom(Fault("range-reversed", f"a single number is 0 or more, here {value}"))
    return (-value, value)


def _around_one(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if value < 0:
        raise custom(Fault("range-reversed", f"a single strength is 0 or more, here {value}"))
    return (max(0.0, 1.0 - value), 1.0 + value)


def _both(value: Any) -> Any:
    """[value, value] for a whole number."""
    return (value, value) if isinstance(value, int) and not isinstance(value, bool) else value


_number = float | list[float]
Angles = Annotated[
    Pair,
    BeforeValidator(_around_zero, json_schema_input_type=_number),
    Field(description="degrees: a number d for -d to d, or [low, high]"),
]
Shears = Annotated[
    tuple[float, ...],
    Strict(False),
    BeforeValidator(_around_zero, json_schema_input_type=_number),
]
Strength = Annotated[
    tuple[NotNegative, NotNegative],
    Strict(False),
    BeforeValidator(_around_one, json_schema_input_type=_number),
]
_Half = Annotated[float, Field(ge=-0.5, le=0.5)]
Hue = Annotated[
    tuple[_Half, _Half],
    Strict(False),
    BeforeValidator(_around_zero, json_schema_input_type=_number),
]
Size = Annotated[
    tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]],
    Strict(False),
    BeforeValidator(_both, json_schema_input_type=int | list[int]),
]
OwnSize = Annotated[
    Size | None, Field(description="height and width; default, and only choice: the image's")
]
Interpolation = Annotated[
    Literal["nearest", "bilinear"], Field(description="how pixels between pixels are read")
]
Fill = Annotated[UnitInterval, Field(description="value outside the image, 0 to 1")]
Chance = Annotated[UnitInterval, Field(description="probability that a sample is changed")]


class AugmentationTraits(NamedTuple):
    mirrors: bool
    """Whether it gives mirror images, with probability p."""
    turns: bool
    """Whether it rotates, by any of its degrees."""
    moves: bool
    """Whether it moves pixels, so that a mask has to go along."""


AUGMENTATIONS: Vocabulary[AugmentationTraits] = Vocabulary(
    "augmentation", {"MixUp": "mix", "CutMix": "mix"}
)


def _rising(name: str, pair: tuple[float, ...] | None) -> None:
    for low, high in zip(pair[::2], pair[1::2], strict=True) if pair else ():
        if low > high:
            raise Fault("range-reversed", f"{name} goes from {low} down to {high}",
                        f"[{high}, {low}] would do", (name,))  # fmt: skip


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=True, moves=True))
def RandomRotation(
    degrees: Angles, interpolation: Interpolation = "nearest", fill: Fill = 0
) -> None:
    """Rotate about the centre."""
    _rising("degrees", degrees)


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=True, moves=True))
def RandomAffine(
    degrees: Angles,
    translate: Annotated[
        tuple[UnitInterval, UnitInterval] | None,
        Strict(False),
        Field(description="largest shift as a share of width and of height"),
    ] = None,
    scale: Annotated[
        tuple[Positive, Positive] | None, Strict(False), Field(description="range of the zoom")
    ] = None,
    shear: Annotated[
        Shears | None,
        Field(description="degrees along x: a number or [low, high]; [x, x, y, y] for both axes"),
    ] = None,
    interpolation: Interpolation = "nearest",
    fill: Fill = 0,
) -> None:
    """Rotate, shift by whole pixels, zoom and shear in one step."""
    if shear is not None and len(shear) not in (2, 4):
        raise Fault("wrong-length", f"shear is 1, 2 or 4 numbers, here {len(shear)}", at=("shear",))
    _rising("degrees", degrees)
    _rising("scale", scale)
    _rising("shear", shear)


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=False, moves=True))
def RandomCrop(
    size: OwnSize = None,
    padding: Annotated[
        int | None, Field(ge=0, le=1024, description="pixels put around the image first")
    ] = None,
    fill: Fill = 0,
    padding_mode: Annotated[
        Literal["constant", "edge", "reflect"], Field(description="what is put around it")
    ] = "constant",
) -> None:
    """Put a border around the image and cut a piece of its old size out."""


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=False, moves=True))
def RandomResizedCrop(
    size: OwnSize = None,
    scale: Annotated[
        tuple[UnitInterval, UnitInterval],
        Strict(False),
        Field(description="share of the area that is kept"),
    ] = (0.08, 1.0),
    ratio: Annotated[
        tuple[Positive, Positive], Strict(False), Field(description="range of width over height")
    ] = (3 / 4, 4 / 3),
    interpolation: Interpolation = "bilinear",
) -> None:
    """Cut a piece out and bring it to the old size."""
    _rising("scale", scale)
    _rising("ratio", ratio)


@AUGMENTATIONS.word(AugmentationTraits(mirrors=True, turns=False, moves=True))
def RandomHorizontalFlip(p: Chance = 0.5) -> None:
    """Swap left and right."""


@AUGMENTATIONS.word(AugmentationTraits(mirrors=True, turns=False, moves=True))
def RandomVerticalFlip(p: Chance = 0.5) -> None:
    """Swap top and bottom."""


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=False, moves=False))
def RandomErasing(
    p: Chance = 0.5,
    scale: Annotated[
        tuple[UnitInterval, UnitInterval],
        Strict(False),
        Field(description="share of the area that is erased"),
    ] = (0.02, 0.33),
    ratio: Annotated[
        tuple[Positive, Positive], Strict(False), Field(description="range of height over width")
    ] = (0.3, 3.3),
    value: Annotated[float, Field(description="value put there")] = 0.0,
) -> None:
    """Erase a rectangle (Zhong et al., 2020)."""
    _rising("scale", scale)
    _rising("ratio", ratio)


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=False, moves=False))
def ColorJitter(
    brightness: Annotated[
        Strength | None, Field(description="factor: a number b for 1-b to 1+b, or [low, high]")
    ] = None,
    contrast: Annotated[Strength | None, Field(description="factor, likewise")] = None,
    saturation: Annotated[Strength | None, Field(description="factor, likewise")] = None,
    hue: Annotated[
        Hue | None,
        Field(description="share of the colour wheel, at most 0.5: h for -h to h, or [low, high]"),
    ] = None,
) -> None:
    """Change brightness, then contrast, saturation and hue, where torchvision draws the order."""
    for name, pair in (
        ("brightness", brightness), ("contrast", contrast), ("saturation", saturation), ("hue", hue)
    ):  # fmt: skip
        _rising(name, pair)


@AUGMENTATIONS.word(AugmentationTraits(mirrors=False, turns=False, moves=False))
def RandomGrayscale(p: Chance = 0.1) -> None:
    """Take the colour out of images of three channels."""
