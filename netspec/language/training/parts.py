"""Parts of a network that are trained in their own way, or not at all."""

from collections.abc import Iterator

from pydantic import Field

from netspec.diagnostic import Fault
from netspec.language.section import Section
from netspec.language.training.vocabulary import NotNegative


class Group(Section):
    """What an optimizer does otherwise for one part."""

    lr: NotNegative | None = Field(None, description="learning rate, in place of the optimizer's")
    weight_decay: NotNegative | None = Field(
        None, description="weight decay, in place of the optimizer's"
    )

    def faults(self) -> Iterator[Fault]:
        if self.lr is None and self.weight_decay is None:
            yield Fault("missing-key", "a group says what is other than for the rest", "lr: 0.001")


def covers(part: str, name: str) -> bool:
    """Whether a module path is that of a part, or below it."""
    return name == part or name.startswith(f"{part}.")
