from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from netspec.search.space import Point
from netspec.sweep.draws import Draws
from netspec.sweep.question import Question
from netspec.sweep.study import distributions, mend, parameters, point_of

SPEC = """\
input: [1, 8, 8]
vars: {n: 4, m: 4}
layers:
  - Conv2d: {out_channels: $n, kernel_size: 3}
  - ReLU
  - Conv2d: {out_channels: $m, kernel_size: 3}
  - AdaptiveAvgPool2d: 1
  - Flatten
train: {data: {dataset: digits, val_fraction: 0.1}, batch_size: 8, epochs: 1, optimizer: Adam}
audit: {ignore: [data-mismatch]}
"""
VARY = ["vars.n=1..9", "vars.m=1..9", "layers.1=[ReLU, SiLU]"]


def question(**more: Any) -> Question:
    asked = Question(
        name="net", path="net.yaml", original=SPEC, text=SPEC, vary=VARY, keep=["params <= 150"],
        trials=9, sampler="tpe", pruner="none", objective="accuracy", seeds=1, best=1, seed=0,
        threads=1,
    )  # fmt: skip
    return asked._replace(**more)


def done(draws: Draws, points: list[Point]) -> list[FrozenTrial]:
    """Trials of points, of which those with a larger n are better."""
    space = draws.search.space
    return [
        create_trial(
            value=float(point[0]), params=parameters(space, point),
            distributions=distributions(space),
        )
        for point in points
    ]  # fmt: skip


def drawn(number: int, **more: Any) -> list[Point]:
    draws, points = Draws(question(**more)), list[Point]()
    for i in range(number):
        found = draws.next(i, done(draws, points))
        assert found is not None
        points.append(found)
    return points


@pytest.mark.parametrize("sampler", ["tpe", "random", "grid"])
def test_what_is_drawn_keeps_every_bound_is_new_and_hangs_on_the_number_alone(
    sampler: str,
) -> None:
    points = drawn(14, sampler=sampler)
    draws = Draws(question())
    assert len({*points}) == 14
    assert all(map(draws.keeps, points))
    assert points == drawn(14, sampler=sampler)
    assert (points == drawn(14, sampler=sampler, seed=1)) is (sampler == "grid")


def test_a_sampler_goes_where_trials_were_good() -> None:
    wide: Any = {"vary": ["vars.n=1..40", "vars.m=1..40"], "keep": []}
    tpe, chance = (drawn(24, sampler=name, **wide)[12:] for name in ("tpe", "random"))
    assert sum(p[0] for p in tpe) > 1.3 * sum(p[0] for p in chance)


def test_nothing_is_left_once_all_that_keep_the_bounds_were_trained() -> None:
    draws = Draws(question(vary=["vars.n=1..3"], keep=[]))
    points = [(0,), (1,), (2,)]
    assert draws.number == 3
    assert draws.next(2, done(draws, points[:2])) == (2,)
    assert draws.next(3, done(draws, points)) is None


def test_a_space_that_is_too_large_to_list_is_drawn_from_all_the_same() -> None:
    draws = Draws(question(vary=["vars.n=1..900", "vars.m=1..900"], keep=["params <= 9k"]))
    assert draws.number is None
    points = [draws.next(i, []) for i in range(3)]
    assert len({*points}) == 3
    assert all(point is not None and draws.keeps(point) for point in points)


def test_a_point_comes_back_from_the_study_as_it_went_in() -> None:
    space = Draws(question()).search.space
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for index in 0, 7, space.size - 1:
        point = space.point(index)
        study.enqueue_trial(parameters(space, point))
        assert point_of(space, study.get_trials(states=[TrialState.WAITING])[0]) == point
        trial = study.ask()
        assert point_of(space, trial) == point
        assert point_of(space, study.get_trials()[-1]) == point


def test_a_line_of_the_journal_that_is_not_whole_is_cut_off(tmp_path: Any) -> None:
    journal = tmp_path / "study.log"
    for text, left in ('{"a": 1}\n{"b', '{"a": 1}\n'), ('{"a": 1}\n', '{"a": 1}\n'), ("{", ""):
        journal.write_text(text)
        mend(journal)
        assert journal.read_text() == left
