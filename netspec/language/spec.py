"""The document: what a spec file may say outside its layers."""

from keyword import iskeyword
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from netspec.diagnostic import Fault, Severity
from netspec.language.quantity import Bytes, Count, Pixels
from netspec.language.section import Section, custom
from netspec.language.training import Train

Length = Annotated[int, Field(gt=0, lt=2**31)]
BlockName = Annotated[str, Field(pattern=r"^[a-z_][A-Za-z0-9_]*$")]


def _readable(name: str) -> str:
    if iskeyword(name) or name in ("true", "false"):
        message = f"'{name}' means something in expressions"
        raise custom(Fault("bad-name", message, f"{name}_ would do", key=True))
    return name


Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_readable)]


def can_be_called(name: str, *, block: bool) -> bool:
    """Whether a block can have a name, or else a variable or an argument."""
    try:
        TypeAdapter[str](BlockName if block else Name).validate_python(name)
    except ValidationError:
        return False
    return True


class Audit(Section):
    """What the network must keep to, and which rules look at it."""

    max_params: Count | None = Field(default=None, description="most learnable numbers")
    min_params: Count | None = Field(default=None, description="fewest learnable numbers")
    max_macs: Count | None = Field(
        default=None, description="most multiply-accumulates for one sample"
    )
    min_macs: Count | None = Field(
        default=None, description="fewest multiply-accumulates for one sample"
    )
    max_activation_bytes: Bytes | None = Field(
        default=None, description="most float32 bytes of all outputs of layers for one sample"
    )
    min_activation_bytes: Bytes | None = Field(
        default=None, description="fewest float32 bytes of all outputs of layers for one sample"
    )
    max_training_bytes: Bytes | None = Field(
        default=None, description="most bytes kept for the backward pass of one sample"
    )
    min_training_bytes: Bytes | None = Field(
        default=None, description="fewest bytes kept for the backward pass of one sample"
    )
    max_receptive_field: Pixels | None = Field(
        default=None,
        description="greatest receptive field of the last local layer on any axis, in pixels or "
        "as a share of the input such as 60 %",
    )
    min_receptive_field: Pixels | None = Field(
        default=None,
        description="least receptive field of the last local layer on every axis, in pixels or as "
        "a share of the input such as 60 %",
    )
    max_layers: Count | None = Field(default=None, description="most layers, composites apart")
    min_layers: Count | None = Field(default=None, description="fewest layers, composites apart")
    output: list[Length] | None = Field(default=None, description="shape of one output")
    ignore: list[str] = Field(default=[], description="rules that do not apply to this spec")
    levels: dict[str, Severity] = Field(
        default={}, description="severity of a rule here: error, warning or note"
    )


class Expect(Section):
    """Facts of one entry, checked against what comes out."""

    output: list[Length] | None = Field(default=None, description="shape of one sample after it")
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
    input: Annotated[list[Length], Field(min_length=1, max_length=4)] = Field(
        description="shape of one sample without the batch axis: [C, H, W], [C, L] or [F]"
    )
    vars: dict[Name, Any] = Field(default={}, description="values that $name reads")
    blocks: dict[BlockName, Block] = Field(default={}, description="layers to use by name")
    layers: list[Any] = Field(min_length=1, description="the network, first layer first")
    audit: Audit = Field(default=Audit(), description="budgets the network must keep to")
    train: Train | None = Field(default=None, description="how netspec train trains it")


LITERAL = ("vars", "blocks", "layers")
"""Parts of the document whose `$…` are read later, where their scope is known."""
