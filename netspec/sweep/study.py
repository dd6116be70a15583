"""The study: every trial of a sweep."""

from __future__ import annotations

import warnings
from pathlib import Path

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.storages import BaseStorage
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial

from netspec.search.space import Axis, Point, Space
from netspec.source.dump import checked
from netspec.sweep.question import Question

optuna.logging.set_verbosity(optuna.logging.ERROR)
_FEWEST = 3
"""Numbers from which on their order says something."""


def opened(storage: BaseStorage, name: str, question: Question, epochs: int) -> Study:
    """The study of a name, which is made where there is none; trials have `epochs` at most."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optuna.create_study(
            storage=storage,
            study_name=name,
            direction="maximize" if question.maximizes else "minimize",
            load_if_exists=True,
            sampler=optuna.samplers.RandomSampler(seed=0),
            pruner=_pruner(question.pruner, epochs),
        )


def mend(journal: Path) -> None:
    """Cut off a last line that was not written whole."""
    if not journal.exists():
        return
    data = journal.read_bytes()
    if data and not data.endswith(b"\n"):
        with journal.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)


def _pruner(name: str, epochs: int) -> optuna.pruners.BasePruner:
    if name == "hyperband":
        return optuna.pruners.HyperbandPruner(1, max(epochs, 1), 3)
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1)
    return optuna.pruners.NopPruner()


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """How each place is told to a sampler: by the number of its value where values have an order.

    A range by factors has its factors as steps then.
    """
    return {
        axis.key: IntDistribution(0, len(axis.values) - 1)
        if _ordered(axis)
        else CategoricalDistribution(_texts(axis))
        for axis in space.axes
    }


def _ordered(axis: Axis) -> bool:
    numbers = [v for v in axis.values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == len(axis.values) >= _FEWEST and numbers == sorted(numbers)


def parameters(space: Space, point: Point) -> dict[str, int | str]:
    """A point as the study has it."""
    return {
        axis.key: i if _ordered(axis) else checked(axis.values[i])
        for axis, i in zip(space.axes, point, strict=True)
    }


def point_of(space: Space, trial: FrozenTrial | Trial) -> Point:
    """The point of a trial; one that was only asked for has it from now on."""
    found = []
    for axis in space.axes:
        if isinstance(trial, FrozenTrial):
            value = {**trial.system_attrs.get("fixed_params", {}), **trial.params}[axis.key]
            found.append(value if _ordered(axis) else _texts(axis).index(value))
        elif _ordered(axis):
            found.append(trial.suggest_int(axis.key, 0, len(axis.values) - 1))
        else:
            texts = _texts(axis)
            found.append(texts.index(trial.suggest_categorical(axis.key, texts)))
    return tuple(found)


def _texts(axis: Axis) -> list[str]:
    return [checked(value) for value in axis.values]
