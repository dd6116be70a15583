"""Types of arguments that many layers share."""

from math import isfinite
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from netspec.diagnostic import Fault, value_text
from netspec.flow.flow import Flow, Shape
from netspec.flow.window import Window
from netspec.language.section import Checked, custom
from netspec.layers.base import shape_text


class PerAxis(Checked):
    """Validates one integer for all spatial axes, or one for each; kept as one for each."""

    spreads: ClassVar[bool] = True
    each: ClassVar[int] = 1
    """Integers for each axis."""
    order: ClassVar[str] = "one for each axis"

    def __init__(self, minimum: int, *, null: bool = False, gaps: bool = False) -> None:
        """Take null for the whole (`null`) or for a single axis (`gaps`)."""
        self.minimum, self.null, self.gaps = minimum, null, gaps

    def check(self, value: Any, rank: int) -> Any:
        if value is None and self.null:
            return None
        wanted = (rank or 1) * self.each
        each = list(value) if isinstance(value, list | tuple) else [value] * wanted
        if len(each) != wanted:
            message = f"expected one integer or {wanted}, {self.order}, not {len(each)}"
            raise Fault("wrong-value", message)
        for one in each:
            if one is None and self.gaps and value is not None:
                continue
            _integer(one, self.minimum)
        return tuple(each)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        one = {"type": "integer", "minimum": self.minimum}
        item = one | {"type": ["integer", "null"]} if self.gaps else one
        either = [one, {"type": "array", "items": item, "minItems": self.each}]
        return {"anyOf": [*either, {"type": "null"}] if self.null else either}


class PerSide(PerAxis):
    """Two integers for each axis, as torch orders them; a negative one crops."""

    each = 2
    order = "two for each axis, the last axis first"

    def __init__(self) -> None:
        super().__init__(ANY)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        item = {"type": "integer"}
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 2}]}


def _integer(value: Any, minimum: int) -> None:
    """Refuse what is no integer, or less than `minimum`."""
    if not isinstance(value, int) or isinstance(value, bool):
        message = f"expected an integer or a list of them, not {value_text(value)}"
        raise Fault("wrong-type", message)
    if not minimum <= value < 2**31:
        raise Fault("wrong-value", f"expected at least {minimum}, not {value}")


def _no_indices(value: bool) -> bool:
    if value:
        message = "with it the layer gives two tensors, and the next one takes one"
        raise custom(Fault("returns-two", f"return_indices: {message}", "leave it out"))
    return value


NoIndices = Annotated[bool, AfterValidator(_no_indices)]


class Lengths(Checked):
    """Validates one integer or a list of them; the list is kept as a tuple."""

    def __init__(self, minimum: int = 1, *, null: bool = False, alone: bool = True) -> None:
        """Take null where `null`, and an integer without a list where `alone`."""
        self.minimum, self.null, self.alone = minimum, null, alone

    def check(self, value: Any, rank: int) -> int | tuple[int, ...] | None:
        if value is None and self.null:
            return None
        each = list(value) if isinstance(value, list | tuple) else [value]
        if not each:
            raise Fault("wrong-value", "expected at least one integer")
        if each == [value] and not self.alone:
            raise Fault("wrong-type", f"expected a list of integers, not {value_text(value)}")
        for one in each:
            _integer(one, self.minimum)
        return tuple(each) if isinstance(value, list | tuple) else int(value)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        item = {"type": "integer", "minimum": self.minimum}
        several = {"type": "array", "items": item, "minItems": 1}
        either = [*[item] * self.alone, several, *[{"type": "null"}] * self.null]
        return {"anyOf": either} if len(either) > 1 else several


class Order(Lengths):
    """Validates axes in an order, as they are or as the one value in a list of positional ones."""

    def __init__(self) -> None:
        super().__init__(0, alone=False)

    def check(self, value: Any, rank: int) -> int | tuple[int, ...] | None:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
            value = value[0]
        return super().check(value, rank)


class Numbers(Checked):
    """Validates a number or a list of them; the list is kept as a tuple."""

    item: ClassVar[dict[str, Any]] = {"type": "number"}

    def check(self, value: Any, rank: int) -> float | tuple[float, ...] | None:
        each = list(value) if isinstance(value, list | tuple) else [value]
        if not each:
            raise Fault("wrong-value", "expected at least one number")
        for one in each:
            if not isinstance(one, int | float) or isinstance(one, bool):
                message = f"expected a number or a list of them, not {value_text(one)}"
                raise Fault("wrong-type", message)
            self.hold(one)
        return tuple(map(float, each)) if isinstance(value, list | tuple) else float(value)

    def hold(self, one: float) -> None:
        """Refuse a number that is out of bounds."""
        if not isfinite(one) or abs(one) > _MAX_REAL:
            raise Fault("wrong-value", f"expected a number of float32, not {value_text(one)}")

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        many = {"type": "array", "items": self.item, "minItems": 1}
        return {"anyOf": [self.item, many]}


class Scales(Numbers):
    """Validates one positive number or a list of them, or nothing."""

    item: ClassVar[dict[str, Any]] = {"type": "number", "exclusiveMinimum": 0}

    def check(self, value: Any, rank: int) -> float | tuple[float, ...] | None:
        return None if value is None else super().check(value, rank)

    def hold(self, one: float) -> None:
        """Refuse a number that is none to scale by."""
        if not 0 < one < 2**31:
            raise Fault("wrong-value", f"expected more than 0, not {one}")

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        either = super().__get_pydantic_json_schema__(schema, handler)["anyOf"]
        return {"anyOf": [*either, {"type": "null"}]}


_MAX_REAL = 3.4e38
ANY = 1 - 2**31
"""The least integer, where a negative one has a meaning."""
Index = Annotated[int, Field(gt=-(2**31), lt=2**31)]
PositiveInt = Annotated[int, Field(gt=0, lt=2**31)]
NonNegativeInt = Annotated[int, Field(ge=0, lt=2**31)]
Probability = Annotated[float, Field(ge=0, le=1)]
Eps = Annotated[float, Field(ge=0, lt=1)]
Sizes = Annotated[tuple[int, ...], PerAxis(1)]
SizesOrNone = Annotated[tuple[int, ...] | None, PerAxis(1, null=True)]
Paddings = Annotated[tuple[int, ...], PerAxis(0)]


def spread(default: int, description: str) -> Any:
    """A field with one number for every axis where it is left out."""
    return Field(default=default, description=description)


def needs_groups(groups: int, inputs: int, outputs: int) -> None:
    """Refuse groups that do not divide the channels on both sides."""
    for name, channels in ("in_channels", inputs), ("out_channels", outputs):
        if channels % groups:
            raise Fault(
                "groups-do-not-divide",
                f"groups {groups} do not divide {name} {channels}",
                f"groups must divide both {inputs} and {outputs}",
                ("groups",),
            )


def axis_of(dim: int, x: Shape, at: str) -> int:
    """The axis of a sample that torch's `dim`, counted with the batch axis, means."""
    axis = dim + len(x) if dim < 0 else dim - 1
    if not -1 <= axis < len(x):
        raise Fault(
            "wrong-dim",
            f"{at} {dim} does not exist in {shape_text(x)} behind a batch axis",
            f"1 is the first axis of a sample, {len(x)} or -1 the last",
            (at,),
        )
    if axis == -1:
        raise Fault(
            "wrong-dim", f"{at} {dim} is the batch axis, and samples stay apart",
            "1 is the first axis of a sample", (at,),
        )  # fmt: skip
    return axis


def sample_axis(dim: int, x: Shape, at: str) -> int:
    """The axis of a sample that `dim` means, which counts them without the batch axis."""
    if not -len(x) <= dim < len(x):
        raise Fault(
            "wrong-dim",
            f"{at} {dim} does not exist in {shape_text(x)}",
            f"axes of a sample are counted from 0; {len(x) - 1} or -1 is the last",
            (at,),
        )
    return dim % len(x)


def without(x: Flow, axes: set[int], kind: str) -> Flow:
    """The flow without axes; Fault where none would be left.

    Where the channels go, the axis that becomes the first one counts as they do.
    """
    kept = [i for i in range(len(x.shape)) if i not in axes]
    if not kept:
        message = f"{kind} leaves no axis of {shape_text(x.shape)}"
        raise Fault("wrong-dim", message, "a sample has at least one axis", ("dim",))
    reads: dict[int, tuple[Window | None, int]] = {
        i: (None, new) for new, i in enumerate(kept) if new or x.channels in kept
    }
    channels = kept.index(x.channels) if x.channels in kept else 0
    return x.through(tuple(x.shape[i] for i in kept), reads, channels)
