"""Tasks: what a network learns to give, and the figures that say how well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from netspec.diagnostic import Path
from netspec.language.training.vocabulary import Names

Targets = Literal["classes", "values", "labels"]
"""What a loss compares the output with: the number of a class, values, or 0 and 1 of labels."""


class Figure(NamedTuple):
    """What is measured in each epoch, on what is learnt from and on what is held back."""

    name: str
    short: str
    """At the head of a column."""
    unit: Literal["share", "value"]
    """A share of 0 to 1, or a number as it is."""
    better: Literal["higher", "lower"]
    limits: tuple[float | None, float | None]
    """What it lies above, and what it cannot exceed."""
    about: str

    @property
    def sign(self) -> int:
        """1 where more is better, else -1: more of the product is better."""
        return 1 if self.better == "higher" else -1

    def reached(self, value: float, wanted: float) -> bool:
        """Whether a value is as good as the one that is wanted."""
        return self.sign * value >= self.sign * wanted


class TaskTraits(NamedTuple):
    targets: Targets
    """What its losses compare the output with."""
    each: str
    """What each name of its data stands for."""
    every: str
    """The same, of several."""
    dense: bool
    """Whether there is an answer at each position of the input, and not one for a sample."""
    figures: tuple[Figure, ...]
    """Measured always; what is best, and what follows that, goes by the first."""
    more: tuple[Figure, ...]
    """Measured where they are asked for."""

    def output(self, names: int, input: Sequence[int]) -> tuple[int, ...]:
        """The shape that a network gives that answers with so many names."""
        return (names, *(input[1:] if self.dense else ()))

    def counted(self, names: int) -> str:
        """Such as 10 classes."""
        return f"{names:,} {self.each if names == 1 else self.every}"

    @property
    def names_columns(self) -> bool:
        """Whether the columns of targets in a table are what the network gives."""
        return self.targets != "classes"

    @property
    def follows(self) -> Figure:
        """What decides which epoch is the best."""
        return self.figures[0]

    @property
    def rising(self) -> Figure:
        """What a scheduler in mode max watches: the first of which more is better."""
        return next(one for one in self.figures if one.better == "higher")

    @property
    def known(self) -> tuple[Figure, ...]:
        """All that can be measured."""
        return self.figures + self.more


TASKS: Names[TaskTraits] = Names("task")

_SHARE = (0.0, 1.0)
ACCURACY = Figure("accuracy", "acc", "share", "higher", _SHARE, "share of right answers")
_TOP = tuple(
    Figure(f"top{k}", f"top{k}", "share", "higher", _SHARE, f"share with the class among {k} best")
    for k in (2, 3, 5, 10)
)


@TASKS.word(TaskTraits("classes", "class", "classes", dense=False, figures=(ACCURACY,), more=_TOP))
def classification() -> None:
    """One of several classes for each sample."""


@TASKS.word(
    TaskTraits(
        "values", "target", "targets", dense=False,
        figures=(
            Figure("mae", "mae", "value", "lower", (0.0, None), "mean absolute error"),
            Figure("rmse", "rmse", "value", "lower", (0.0, None), "root of the mean square error"),
            Figure("r2", "r2", "value", "higher", (None, 1.0), "share of the variance explained"),
        ),
        more=(),
    )
)  # fmt: skip
def regression() -> None:
    """Numbers for each sample, in the unit of the targets."""


@TASKS.word(
    TaskTraits(
        "labels", "label", "labels", dense=False,
        figures=(
            Figure("f1", "f1", "share", "higher", _SHARE, "mean over labels of F1, at 0.5"),
            Figure(
                "exact_match", "exact", "share", "higher", _SHARE,
                "share of samples with every label right",
            ),
        ),
        more=(),
    )
)  # fmt: skip
def multi_label() -> None:
    """Any number of labels for each sample, each of them there or not."""


FIGURES: dict[str, Figure] = {
    one.name: one for traits in TASKS.traits.values() for one in traits.known
}
"""Every figure by its name; tasks that share a name share the figure."""


def rises(name: str) -> bool:
    """Whether more of a figure is better; less of the loss is."""
    return name in FIGURES and FIGURES[name].better == "higher"


def of_figure(name: str) -> frozenset[str]:
    """The tasks that have a figure."""
    return frozenset(
        task for task, traits in TASKS.traits.items() if name in [one.name for one in traits.known]
    )


def of_targets(targets: Targets) -> frozenset[str]:
    """The tasks whose losses compare with such targets."""
    return frozenset(task for task, traits in TASKS.traits.items() if traits.targets == targets)


class Sign(NamedTuple):
    """Something in a spec that says which task it has."""

    said: str
    """Such as `MSELoss is for`, before the names of tasks."""
    at: Path
    tasks: frozenset[str]

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.said} {named(self.tasks)}"


def agreed(signs: Iterable[Sign]) -> tuple[frozenset[str], tuple[Sign, Sign] | None]:
    """The tasks that all signs allow, or the first that does not go with one before it."""
    left, deciding = frozenset(TASKS.words), None
    for sign in signs:
        if deciding and not left & sign.tasks:
            return left, (sign, deciding)
        deciding = sign if deciding is None or left - sign.tasks else deciding
        left &= sign.tasks
    return left, None


def named(tasks: Iterable[str]) -> str:
    """Names of tasks in their order, as people read them."""
    return " or ".join(task for task in TASKS.words if task in set(tasks))
