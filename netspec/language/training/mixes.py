"""`torchvision.transforms.v2`: two samples of a batch in one, with their labels.

They come after the augmentations. Each sample meets the one before it in its batch.
"""
# ruff: noqa: N802 (the names are torchvision's)

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from netspec.language.training.tasks import classification
from netspec.language.training.vocabulary import Vocabulary


class MixTraits(NamedTuple):
    pixels: bool
    """Whether it is for images alone."""
    tasks: tuple[str, ...]
    """The tasks whose targets it can mix."""


MIXES: Vocabulary[MixTraits] = Vocabulary("mix")

# With less, both of the numbers that a share is made of would be too small for float64.
Alpha = Annotated[
    float,
    Field(
        ge=0.01,
        le=1e6,
        description="of the beta distribution that the share of a sample is drawn from: "
        "1 is uniform, less is nearer to one of both, more nearer to the middle",
    ),
]


@MIXES.word(MixTraits(pixels=False, tasks=(classification.__name__,)))
def MixUp(alpha: Alpha = 1.0) -> None:
    """A weighted mean of two samples and of their labels (Zhang et al., 2018)."""


@MIXES.word(MixTraits(pixels=True, tasks=(classification.__name__,)))
def CutMix(alpha: Alpha = 1.0) -> None:
    """A rectangle of another image, and as much of its label (Yun et al., 2019)."""
