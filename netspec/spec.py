"""The document: what a spec file may say outside its layers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from netspec.diagnostic import Path
from netspec.training import Train

Axis = Annotated[int, Field(gt=0, lt=2**31)]
BlockName = Annotated[str, Field(pattern=r"^[a-z_][A-Za-z0-9_]*$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Section(BaseModel):
    """A mapping of the document whose keys are all known."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True
    )


class Audit(Section):
    """What the network must keep to."""

    max_params: int | None = Field(default=None, ge=0, description="most learnable numbers")
    max_macs: int | None = Field(
        default=None, ge=0, description="most multiply-accumulates for one sample"
    )
    min_receptive_field: int | None = Field(
        default=None, ge=1, description="least receptive field of the last local layer, in pixels"
    )
    output: list[Axis] | None = Field(default=None, description="shape of one output")
    ignore: list[str] = Field(default=[], description="rules that do not apply to this spec")


class Expect(Section):
    """Facts of one entry, checked against what comes out."""

    output: list[Axis] | None = Field(default=None, description="shape of one sample after it")
    params: int | None = Field(default=None, ge=0, description="learnable numbers in it")
    macs: int | None = Field(default=None, ge=0, description="multiply-accumulates for one sample")
    receptive_field: int | list[int] | None = Field(
        default=None, description="in input pixels, one number or one per axis"
    )
    jump: int | float | list[int | float] | None = Field(
        default=None, description="input pixels between neighbouring units"
    )


class Block(Section):
    """Layers with a name and arguments, used like a layer."""

    args: dict[Name, Any] = Field(default={}, description="arguments; one without value is needed")
    layers: list[Any] = Field(description="layer entries")


class Spec(Section):
    """A network, and how to audit and train it."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)] | None = (
        Field(default=None, description="name of the network; the file's stem where left out")
    )
    description: str | None = Field(default=None, description="one line about it")
    input: Annotated[list[Axis], Field(min_length=1, max_length=4)] = Field(
        description="shape of one sample without the batch axis: [C, H, W], [C, L] or [F]"
    )
    vars: dict[Name, Any] = Field(default={}, description="values that $name reads")
    blocks: dict[BlockName, Block] = Field(default={}, description="layers to use by name")
    layers: list[Any] = Field(min_length=1, description="the network, first layer first")
    audit: Audit = Field(default=Audit(), description="budgets the network must keep to")
    train: Train | None = Field(default=None, description="how netspec train trains it")


LITERAL: tuple[Path, ...] = (("vars",), ("blocks",), ("layers",))
"""Parts of the document whose `$…` are read later, where their scope is known."""
