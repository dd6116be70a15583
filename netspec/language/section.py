"""Mappings of a spec whose keys are all known, and errors about values that do not go together."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from netspec.diagnostic import Fault, Path


class Strict(BaseModel):
    """A mapping whose keys are all known and whose values have their types, never changed."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True
    )


class Section(Strict):
    """A strict mapping of the document."""

    def faults(self) -> Iterable[Fault]:
        """What is wrong between values that are each right."""
        return ()

    @model_validator(mode="after")
    def _together(self) -> Self:
        if found := list(self.faults()):
            raise located(found)
        return self


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


def known(words: Iterable[str]) -> str:
    """A help line that lists the known words."""
    return f"known here: {', '.join(words)}"
