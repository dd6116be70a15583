"""Mappings of a spec whose keys are all known, and errors about values that do not go together."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from netspec.diagnostic import Fault, Path


class Strict(BaseModel):
    """A mapping whose keys are all known and whose values are taken as they are."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True
    )


class Section(Strict):
    """A part of the document outside its layers."""

    def faults(self) -> Iterable[Fault]:
        """What is wrong between values that are each right."""
        return ()

    @model_validator(mode="after")
    def _together(self) -> Self:
        if found := list(self.faults()):
            raise located(found)
        return self


class Checked(ABC):
    """A validator, in an annotation, of values that YAML writes in more than one way."""

    @abstractmethod
    def check(self, value: Any, rank: int) -> Any:
        """The value as it is kept; Fault where it is wrong.

        `rank` is the number of spatial axes that it is for, 0 for any.
        """

    @abstractmethod
    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """What it takes, as JSON Schema."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        name = handler.field_name

        def validate(value: Any, info: ValidationInfo) -> Any:
            try:
                return self.check(value, info.context or 0)
            except Fault as fault:
                raise custom(Fault(fault.code, f"{name}: {fault.message}", fault.help)) from None

        return core_schema.with_info_plain_validator_function(validate)


def custom(fault: Fault) -> PydanticCustomError:
    """A fault as pydantic passes it on; `validation.faults` gives it back as it was."""
    return PydanticCustomError(fault.code, "{message}", {"message": fault.message, "fault": fault})


def located(faults: Iterable[Fault], below: Path = ()) -> ValidationError:
    """Faults at their places below a path, for a validator to raise."""
    details = [
        InitErrorDetails(type=custom(fault), loc=(*below, *fault.at), input=None)
        for fault in faults
    ]
    return ValidationError.from_exception_data("spec", details)
