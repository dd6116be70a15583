"""What every mapping of the `train:` section has in common: strictness, and errors that help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from netspec.diagnostic import Fault, Path, nearest

CONFIG = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


def custom(fault: Fault) -> PydanticCustomError:
    return PydanticCustomError(fault.code, fault.message, {"help": fault.help})


def at(place: Path, fault: Fault, given: object = None) -> ValidationError:
    error = InitErrorDetails(type=custom(fault), loc=place, input=given)
    return ValidationError.from_exception_data("train", [error])


def below(place: Path, error: ValidationError, moved: Mapping[Any, Path]) -> ValidationError:
    """Return the same errors at `place`, their first part put where `moved` says."""
    return ValidationError.from_exception_data(
        "train",
        [
            InitErrorDetails(
                type=PydanticCustomError(one["type"], one["msg"], one.get("ctx")),
                loc=(*place, *moved.get(one["loc"][:1], one["loc"][:1]), *one["loc"][1:]),
                input=one["input"],
            )
            for one in error.errors(include_url=False)
        ],
    )


def known(words: Iterable[str]) -> str:
    return f"known here: {', '.join(words)}"


class Section(BaseModel):
    model_config = CONFIG

    @classmethod
    def title(cls) -> str:
        """Return what messages call it."""
        return cls.__name__.lower()

    def faults(self) -> Iterable[Fault]:
        """Return what is wrong between values that are each right."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _helped(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            section = handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                cls.__name__, [cls._detail(one) for one in error.errors(include_url=False)]
            ) from None
        for fault in section.faults():
            raise at(fault.at, fault, data)
        return section

    @classmethod
    def _detail(cls, error: Any) -> InitErrorDetails:
        code, place, message, context = (error.get(key) for key in ("type", "loc", "msg", "ctx"))
        match code, place:
            case "extra_forbidden", (key,):
                code, message = "unknown-key", f"{cls.title()} has no {key}"
                context = {"help": nearest(str(key), cls.model_fields) or known(cls.model_fields)}
            case "missing", (str(key),):
                code, message, place = "missing-key", f"{cls.title()} needs {key}", ()
                context = {"help": f"add {key}: …"}
            case "missing", (*_, int(index)):
                code, message, place = "wrong-length", f"needs more than {index}", place[:-1]
            case "tuple_type", _:
                code, message = "wrong-type", "expected a list"
        custom_error = PydanticCustomError(code, message, context)
        return InitErrorDetails(type=custom_error, loc=place, input=error["input"])
