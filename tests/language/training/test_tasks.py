"""Which task a spec has, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from netspec.compiler import compile
from netspec.diagnostic import SpecError
from netspec.language.training import FIGURES, LOSSES, TASKS
from netspec.language.training.losses import for_targets
from netspec.rules import run

TABLE = {"dataset": "csv", "path": "x.csv", "label": "y", "val_fraction": 0.2}
ARRAYS = {"dataset": "npz", "path": "x.npz"}


def plan(train: dict[str, Any], outputs: int = 1, *layers: Any) -> Any:
    base = {"data": ARRAYS, "batch_size": 8, "epochs": 3, "optimizer": "Adam"}
    spec = {
        "input": [4], "layers": [{"Linear": 8}, "ReLU", {"Linear": outputs}, *layers],
        "train": base | train,
    }  # fmt: skip
    return compile(spec)


@pytest.mark.parametrize(
    ("train", "told", "loss"),
    [
        ({}, None, "CrossEntropyLoss"),
        ({"data": {"dataset": "folder"}}, "classification", "CrossEntropyLoss"),
        ({"loss": "NLLLoss"}, "classification", "NLLLoss"),
        *(({"loss": loss}, "regression", loss) for loss in for_targets("values")),
        ({"loss": "BCEWithLogitsLoss"}, "multi_label", "BCEWithLogitsLoss"),
        ({"task": "regression"}, "regression", "MSELoss"),
        ({"task": "multi_label"}, "multi_label", "BCEWithLogitsLoss"),
        ({"goal": {"rmse": 2}}, "regression", "MSELoss"),
        ({"goal": {"f1": 0.5}}, "multi_label", "BCEWithLogitsLoss"),
        ({"metrics": ["top2"]}, "classification", "CrossEntropyLoss"),
        (
            {"early_stopping": {"patience": 1, "monitor": "r2"}, "data": TABLE},
            "regression", "MSELoss",
        ),
    ],
)  # fmt: skip
def test_a_task_is_what_the_spec_says_in_some_way(
    train: dict[str, Any], told: str | None, loss: str
) -> None:
    found = plan(train)
    assert (found.train.told and found.train.told.name, found.loss.name) == (told, loss)
    assert found.task.name == told or told is None


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ({"task": "classification", "loss": "L1Loss"},
         "L1Loss is for regression, the task is classification"),
        ({"data": {"dataset": "folder"}, "loss": "MSELoss"},
         "MSELoss is for regression, folder is for classification"),
        ({"loss": "MSELoss", "goal": {"accuracy": 0.5}},
         "accuracy is for classification, MSELoss is for regression"),
        ({"goal": {"mae": 1, "accuracy": 0.5}}, "mae is for regression, accuracy is for"),
        ({"loss": {"BCEWithLogitsLoss": {"pos_weight": [1, 2]}}},
         "2 weights of labels, the network gives 1"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_one_error(train: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        plan(train)
    (found,) = caught.value.diagnostics
    assert message in found.message


@pytest.mark.parametrize(
    ("train", "layers", "code"),
    [
        ({"loss": "BCEWithLogitsLoss"}, ["Sigmoid"], "activation-on-logits"),
        ({"loss": "BCEWithLogitsLoss"}, ["Softmax"], "mismatched-softmax"),
        ({"loss": "MSELoss", "data": TABLE | {"label": ["a", "b"]}}, [], "data-mismatch"),
        ({"loss": "MSELoss", "data": TABLE}, ["ReLU"], None),
        ({"loss": "MSELoss", "data": TABLE}, [], None),
        ({"data": TABLE}, [], None),
    ],
)
def test_rules_know_the_task(train: dict[str, Any], layers: list[str], code: str | None) -> None:
    codes = [one.code for one in run(plan(train, 1, *layers))]
    assert codes == ([code] if code else [])


def test_figures_that_are_named_are_measured_and_no_others() -> None:
    def measured(train: dict[str, Any]) -> list[str]:
        found = plan(train)
        return [one.name for one in found.train.figures(found.task.traits)]

    assert measured({}) == ["accuracy"]
    assert measured({"metrics": ["top3"], "goal": {"top5": 0.9}}) == ["accuracy", "top3", "top5"]
    assert measured({"loss": "MSELoss", "goal": {"r2": 0.9}}) == ["mae", "rmse", "r2"]


def test_a_figure_is_reached_from_its_better_side() -> None:
    assert FIGURES["mae"].reached(1.0, 1.0)
    assert not FIGURES["mae"].reached(1.1, 1.0)
    assert FIGURES["r2"].reached(0.9, 0.8)
    assert not FIGURES["r2"].reached(0.7, 0.8)


def test_every_task_has_a_loss_and_every_loss_a_task() -> None:
    used = {traits.targets for traits in TASKS.traits.values()}
    assert used == {traits.targets for traits in LOSSES.traits.values()}
    assert all(traits.rising.better == "higher" for traits in TASKS.traits.values())
