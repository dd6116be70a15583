"""What a run is to reach, and when it has gone on long enough, by figures of its task."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import Field, create_model

from netspec.diagnostic import Fault
from netspec.language.section import Section
from netspec.language.training.tasks import FIGURES, TASKS, Figure

if TYPE_CHECKING:
    Known: TypeAlias = str
    More: TypeAlias = str
else:
    Known = Literal[("loss", *FIGURES)]
    More = Literal[tuple(one.name for task in TASKS.traits.values() for one in task.more)]


class _Figures:
    """What a goal with a field for each figure says."""

    @property
    def wanted(self) -> dict[str, float]:
        """What each figure is to be at least, or at most where less is better."""
        every = {name: getattr(self, name) for name in FIGURES}
        return {name: value for name, value in every.items() if value is not None}

    def faults(self) -> Iterator[Fault]:
        if not self.wanted:
            message = "goal does not say what to reach"
            yield Fault("missing-key", message, "accuracy, mae or another figure of the task")


def _field(figure: Figure) -> Any:
    above, most = figure.limits
    range = ", 0 to 1" if figure.unit == "share" else ""
    way = "at least" if figure.better == "higher" else "at most"
    return float | None, Field(
        None, gt=above, le=most, description=f"{figure.about} to reach, {way}{range}"
    )


if TYPE_CHECKING:

    class Goal(_Figures, Section):
        last_epochs: int = 1
else:
    Goal = create_model(
        "Goal",
        __base__=(_Figures, Section),
        __module__=__name__,
        **{name: _field(figure) for name, figure in FIGURES.items()},
        last_epochs=(
            int,
            Field(
                1, ge=1, le=100_000, description="reached in each of this many epochs at the end"
            ),
        ),
    )


class EarlyStopping(Section):
    """When a run has gone on long enough."""

    patience: int = Field(ge=1, le=100_000, description="epochs without progress to wait")
    monitor: Known = Field(
        "loss", description="what is to get better on the images the run is judged on"
    )
    min_delta: float = Field(0, ge=0, description="smaller changes are no progress")
