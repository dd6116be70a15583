"""What a layer is: a pydantic model of torch's arguments that tells facts about shapes.

A kind of layer is a class that names its torch classes in `kinds` and states, from the shape it
is given, every fact that cannot be derived: the flow after it, its weights and its cost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from netspec.diagnostic import Fault, Path
from netspec.flow import Flow, Shape

Value = int | float | str | bool | None | tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to build a layer: a class by its import path, and its keyword arguments."""

    target: str
    arguments: Mapping[str, Any]


class Layer(BaseModel, ABC):
    """Arguments of one layer, in torch's order and with torch's names and defaults."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True,
        validate_default=True,
    )  # fmt: skip

    kinds: ClassVar[tuple[str, ...]] = ()
    module: ClassVar[str] = "torch.nn"
    _kind: str = PrivateAttr("")

    def __init_subclass__(cls, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kinds = kinds

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if cls.kinds and cls.__abstractmethods__:
            unsaid = ", ".join(sorted(cls.__abstractmethods__))
            raise TypeError(f"layer {cls.__name__} does not say {unsaid}")

    @classmethod
    def parse(cls, kind: str, arguments: dict[str, Any]) -> Self:
        """The layer with these arguments; pydantic's ValidationError where they are wrong."""
        layer = cls.model_validate(arguments, context=rank_of(kind))
        layer._kind = kind
        return layer

    @property
    def kind(self) -> str:
        """Its name in torch, such as Conv2d."""
        return self._kind

    @property
    def rank(self) -> int:
        """Number of spatial axes it works on, by its name; 0 for any."""
        return rank_of(self._kind)


def rank_of(kind: str) -> int:
    """Spatial axes that a kind's name tells: 2 for Conv2d, 0 for ReLU."""
    return int(kind[-2]) if kind[-2:] in ("1d", "2d", "3d") else 0


class Leaf(Layer):
    """A layer that runs as one torch module."""

    @abstractmethod
    def run(self, x: Flow) -> Flow:
        """The flow after this layer; Fault where torch would refuse the input."""

    @abstractmethod
    def weights(self, x: Shape) -> dict[str, Shape]:
        """Learnable tensors by name, in the order of torch's state_dict."""

    @abstractmethod
    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates for one sample of shape `x`; only convolutions and linear layers."""

    def buffers(self, x: Shape) -> dict[str, Shape]:
        """Tensors of the state_dict that are not learnt."""
        return {}

    def inferred(self, x: Shape) -> dict[str, Value]:
        """Arguments that torch asks for and the input tells."""
        return {}

    def recipe(self, x: Shape) -> Recipe:
        """How to build it for an input of shape `x`."""
        written = {name: _plain(getattr(self, name)) for name in self.model_fields_set}
        ordered = {name: written[name] for name in type(self).model_fields if name in written}
        return Recipe(f"{self.module}.{self.kind}", self.inferred(x) | ordered)

    def needs_spatial(self, x: Shape) -> None:
        """Refuse an input that has another number of spatial axes than the kind works on."""
        if len(x) - 1 != self.rank:
            axes = ", ".join(["C", *("D", "H", "W")[3 - self.rank :]]) if self.rank > 1 else "C, L"
            raise Fault(
                "wrong-rank",
                f"{self.kind} takes ({axes}), not {shape_text(x)}",
                "move it before the layer that flattens" if len(x) == 1 else None,
            )


class Stateless(Leaf):
    """A layer without weights that multiplies nothing."""

    def weights(self, x: Shape) -> dict[str, Shape]:
        return {}

    def macs(self, x: Shape, y: Shape) -> int:
        return 0


class Elementwise(Stateless):
    """A layer that works on every element by itself."""

    def run(self, x: Flow) -> Flow:
        if self.rank:
            self.needs_spatial(x.shape)
        return x


Body = Callable[[Path, Flow], Flow]
"""Runs the layer entries at a path below a composite's arguments on a flow."""


class Composite(Layer):
    """A layer made of layers; it says how the flow goes through its bodies."""

    whole: ClassVar[str]
    """The argument that a list written straight after the layer's name stands for."""

    @abstractmethod
    def bodies(self) -> dict[Path, str | None]:
        """Submodule name of every list of entries, by its path below the arguments.

        None where the entries are children of the composite itself.
        """

    @abstractmethod
    def run(self, x: Flow, body: Body) -> Flow:
        """The flow after this layer, each of its bodies run once."""

    def recipe(self) -> Recipe:
        """How to build it; the module takes its children as one ordered mapping."""
        return Recipe(f"{self.module}.{self.kind}", {})


def shape_text(shape: Shape) -> str:
    """A shape as people write it: (8, 26, 26)."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return value


@dataclass(frozen=True, slots=True)
class PerAxis:
    """Validates one integer for all spatial axes, or one for each; kept as one for each."""

    minimum: int
    null: bool = False
    """Whether the whole may be null."""
    gaps: bool = False
    """Whether a single axis may be null."""

    def check(self, value: Any, info: ValidationInfo) -> tuple[int | None, ...] | None:
        rank: int = info.context or 1
        if value is None and self.null:
            return None
        each = list(value) if isinstance(value, list | tuple) else [value] * rank
        if len(each) != rank:
            raise PydanticCustomError(
                "wrong-value",
                "expected one integer or {rank}, one for each axis, not {count}",
                {"rank": rank, "count": len(each)},
            )
        for one in each:
            if one is None and self.gaps:
                continue
            if not isinstance(one, int) or isinstance(one, bool):
                raise PydanticCustomError(
                    "wrong-type", "expected an integer or a list of them, not {value}",
                    {"value": value_text(one)},
                )  # fmt: skip
            if not self.minimum <= one < 2**31:
                raise PydanticCustomError(
                    "wrong-value", "expected at least {minimum}, not {value}",
                    {"minimum": self.minimum, "value": one},
                )  # fmt: skip
        return tuple(each)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        item: dict[str, Any] = {"type": "integer", "minimum": self.minimum}
        if self.gaps:
            item["type"] = ["integer", "null"]
        either = [item, {"type": "array", "items": item, "minItems": 1}]
        return {"anyOf": [*either, {"type": "null"}] if self.null else either}


def value_text(value: object) -> str:
    """A YAML value as people write it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
    return str(value)


Count = Annotated[int, Field(gt=0, lt=2**31)]
Probability = Annotated[float, Field(ge=0, le=1)]
Sizes = Annotated[tuple[int, ...], PerAxis(1)]
SizesOrNone = Annotated[tuple[int, ...] | None, PerAxis(1, null=True)]
Paddings = Annotated[tuple[int, ...], PerAxis(0)]
