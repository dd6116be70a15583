"""A sweep as it stands, in plain figures."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import isfinite

import optuna
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from netspec.language.training.tasks import ACCURACY
from netspec.runs.trials import Seeded, Standing, Tried
from netspec.search.space import Space
from netspec.sweep.place import BEST, trial_of
from netspec.sweep.question import Question
from netspec.sweep.study import point_of
from netspec.sweep.ties import Ties
from netspec.sweep.work import finalists

_STATES = {
    TrialState.COMPLETE: "finished", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed",
    TrialState.RUNNING: "running", TrialState.WAITING: "waiting",
}  # fmt: skip
_ENOUGH = 8
"""Finished trials from which on it is said what mattered."""


def tried(space: Space, trial: FrozenTrial) -> Tried:
    """A trial of the study."""
    told = trial.user_attrs
    value = trial.value if trial.state == TrialState.COMPLETE else told.get("objective")
    return Tried(
        trial.number, _STATES[trial.state], space.values(point_of(space, trial)), value,
        told.get("epochs", len(trial.intermediate_values)), told.get("params"), told.get("why"),
    )  # fmt: skip


def standing(ties: Ties, question: Question, study: Study, kept: int | None) -> Standing:
    """All of it."""
    trials, space = study.get_trials(deepcopy=False), question.search.space
    best = ties.place.folder / BEST
    told = [_now(ties, tried(space, trial)) for trial in trials]
    return Standing(
        ties.place.folder, question.objective, told, question.trials, kept, _importances(study),
        seeded(ties, question, trials), question.seeds, best if best.exists() else None,
    )  # fmt: skip


def _now(ties: Ties, one: Tried) -> Tried:
    """A trial that nobody works on is stopped."""
    if one.state == "running" and (lock := ties.claim(trial_of(one.number))):
        lock.close()
        return one._replace(state="stopped")
    return one


def seeded(ties: Ties, question: Question, trials: Sequence[FrozenTrial]) -> list[Seeded]:
    """The best trials with what they reached over seeds, the best on held-back images first."""
    found = []
    for trial in finalists(question, trials):
        results = (ties.result(trial.number, i) for i in range(question.seeds))
        told = [one for one in results if one]
        whole = [one for one in told if "test" in one]
        why = [one["why"] for one in told if "why" in one]
        held, test = ([one[name] for one in whole] for name in ("held_back", "test"))
        if told:
            figure = next((one["figure"] for one in whole if "figure" in one), ACCURACY.name)
            found.append(Seeded(trial.number, held, test, why, figure))
    sign = -1 if question.maximizes else 1
    return sorted(
        found, key=lambda one: sign * one.held_back_mean if one.held_back else float("inf")
    )


def _importances(study: Study) -> dict[str, float]:
    """The share of each place in how trials differ, the greatest first; nothing of a few trials."""
    done = [t for t in study.get_trials(deepcopy=False) if t.state == TrialState.COMPLETE]
    if len(done) < _ENOUGH or len({trial.value for trial in done}) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            evaluator = optuna.importance.PedAnovaImportanceEvaluator()
            found = optuna.importance.get_param_importances(study, evaluator=evaluator)
        except (ValueError, RuntimeError):
            return {}
    return {key: share for key, share in found.items() if isfinite(share)}
