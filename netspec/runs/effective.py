"""What a network makes use of within what its units can see: effective receptive fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

SHARES = (0.5, 0.9, 0.99)


class Within(NamedTuple):
    """Where a share of the gradient is found."""

    share: float
    side: int
    """Of the smallest square around the middle of the field that holds it."""
    pixels: int
    """The fewest that hold it, wherever they are."""


class Gradient(NamedTuple):
    """How the gradient of a layer's centre unit is spread over the input."""

    within: Sequence[Within]
    """For each of SHARES; nothing where there is no gradient."""
    outside: float | None
    """The share of it that is outside of the exact field; None where there is no gradient."""


class Effective(NamedTuple):
    """What the centre unit of a layer could read, and what it makes use of."""

    name: str
    kind: str
    output: Sequence[int]
    receptive_field: Sequence[int | None]
    seen: Sequence[tuple[int, int] | None]
    """First and last pixel of the exact field for each axis; None where it reads nothing."""
    pixels: int
    """Of the exact field: within the image, those that dilation leaves out not counted."""
    global_context: bool
    """Whether it also depends on all pixels through statistics or gates."""
    before: Gradient
    """With the weights that training began with."""
    after: Gradient


class EffectiveFields(NamedTuple):
    """Those of some layers, over the same images."""

    images: int
    input: Sequence[int]
    layers: Sequence[Effective]
    picture: str
    """The file that shows them."""
