"""What a trained network reads and answers, as the file of its weights records it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import isfinite, prod
from typing import Any, NamedTuple, Self

from netspec.compiler.plan import Plan

SCALE = {"from": "uint8", "raw": [0, 255], "read": [0, 1]}
AS_THEY_ARE = {"from": "float32"}
"""How raw values are scaled before they are normalized: pixels, and other numbers."""
STRETCH = {"rule": "stretch", "interpolation": "bilinear"}
CROP = {"rule": "centre crop", "interpolation": "bilinear"}
"""How images of another size are read: as a whole, or the largest part in their middle that has
the right proportions. The first is for networks that learnt from images read so."""
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Reads(NamedTuple):
    input: tuple[int, ...]
    """What goes into the first layer, without the batch."""
    image: tuple[int, ...] | None
    """(C, H, W) of the images it comes from, None where that was not recorded."""
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]
    stretch: bool = False
    """Whether `STRETCH` is the rule for images of another size, else `CROP` is."""
    numbers: bool = False
    """Whether it reads numbers as they are, else pixels."""
    columns: tuple[str, ...] = ()
    """What they are called in a table, in their order."""
    targets: tuple[str, ...] = ()
    """Names of the numbers that it gives, where they are no classes or labels."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of what it gives."""
        return self.targets or self.classes

    def metadata(self) -> dict[str, str]:
        """All of it as texts of JSON."""
        fields = {name: getattr(self, name) for name in _FIELDS}
        fields["scale"] = AS_THEY_ARE if self.numbers else SCALE
        fields["resize"] = STRETCH if self.stretch else CROP
        if self.columns:
            fields["columns"] = self.columns
        if self.targets:
            fields["targets"] = self.targets
        return {name: json.dumps(value) for name, value in fields.items()}

    @classmethod
    def of(cls, metadata: Mapping[str, str], plan: Plan) -> Self:
        """What `metadata` says; ValueError where it does not, or it cannot be so for a plan."""
        try:
            told = {name: json.loads(metadata[name]) for name in KEYS}
        except KeyError as error:
            raise ValueError(f"it does not say its {error.args[0]}") from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        if told["scale"] not in (SCALE, AS_THEY_ARE):
            raise ValueError(f"its scale is neither {SCALE} nor {AS_THEY_ARE}")
        if told["resize"] not in (STRETCH, CROP):
            raise ValueError("its rule for images of another size is unknown")
        numbers = told["scale"] == AS_THEY_ARE
        lists: dict[str, Any] = {
            name: None if numbers and name == "image" else _tuple(told[name], name)
            for name in _FIELDS
        }
        for name in ("columns", "targets"):
            lists[name] = _tuple(json.loads(metadata.get(name, "[]")), name)
        stretch = told["resize"] == STRETCH
        return cls(**lists, stretch=stretch, numbers=numbers).checked(plan)

    def checked(self, plan: Plan) -> Self:
        """The same; ValueError where it cannot be so for a network of that plan."""
        if self.input != plan.input:
            raise ValueError(f"its input is {self.input}, its spec says {plan.input}")
        numbers = (*self.mean, *self.std)
        if not self.mean or len(self.mean) != len(self.std):
            raise ValueError("mean and std are not of the same channels")
        if not all(type(one) in (int, float) and isfinite(one) for one in numbers):
            raise ValueError("mean and std are not finite numbers")
        if min(self.std) <= 0:
            raise ValueError("std is not above 0")
        traits, names = plan.task.traits, self.names
        fits = traits.output(len(names), plan.input) == plan.output
        if not fits or not all(isinstance(name, str) for name in names):
            raise ValueError(f"its {traits.every} are not {plan.output[0]} names")
        for name in names:
            if _STEERS.search(name):
                raise ValueError(f"{traits.each} {name!r} has control characters in its name")
        channels = len(self.mean)
        if self.numbers and channels != self.input[0]:
            raise ValueError(f"{channels} means are not for an input of {self.input}")
        if self.columns and (
            len(self.columns) != self.input[0] or not all(type(c) is str for c in self.columns)
        ):
            raise ValueError(f"its columns are not {self.input[0]} names")
        if self.image is None:
            return self
        if len(self.image) != 3 or any(type(n) is not int or n < 1 for n in self.image):
            raise ValueError("its image is not (C, H, W)")
        fits = self.input in (self.image, (prod(self.image),))
        if not fits or self.image[0] != channels:
            raise ValueError(f"images {self.image} of {channels} channels are not its input")
        return self


_FIELDS = ("input", "image", "mean", "std", "classes")
KEYS = (*_FIELDS, "scale", "resize")
"""Names in the metadata."""


def _tuple(value: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"its {name} is no list")
    return tuple(value)
