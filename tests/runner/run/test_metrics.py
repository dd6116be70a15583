"""Figures of each epoch: the goal, early stopping, and the file of them."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tiny import figures, resume
from tiny import recipe as run

from netspec.language.training import (
    EarlyStopping,
    Goal,
)
from netspec.runner.run.metrics import Row, best, reached, stalled

pytestmark = pytest.mark.usefixtures("one_thread")


def row(epoch: int, loss: float, accuracy: float) -> Row:
    return Row(epoch, 1.0, {"accuracy": 0.5}, loss, {"accuracy": accuracy}, 0.1, 1.0)


def test_metrics_are_cut_back_to_the_checkpoint(made: Path) -> None:
    whole = (made / "metrics.jsonl").read_text()
    (made / "last.ckpt").unlink()
    (made / "metrics.jsonl").write_text(whole + '{"epoch": 4, "half')
    resume(made)
    rows = [json.loads(line) for line in (made / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert (made / "metrics.jsonl").read_text().splitlines()[:2] == whole.splitlines()[:2]
    assert len(list(made.glob("events.out.tfevents.*"))) == 1


@pytest.mark.parametrize(
    ("accuracies", "goal", "wanted"),
    [
        ([0.5, 0.9, 0.9], {"accuracy": 0.9, "last_epochs": 2}, True),
        ([0.9, 0.9, 0.8], {"accuracy": 0.9}, False),
        ([0.9, 0.8, 0.9], {"accuracy": 0.9, "last_epochs": 2}, False),
        ([0.9], {"accuracy": 0.9, "last_epochs": 2}, False),
        ([0.9], None, None),
    ],
)
def test_a_goal_is_reached_in_each_of_the_last_epochs(
    accuracies: list[float], goal: Any, wanted: bool | None
) -> None:
    rows = [row(i, 0, accuracy) for i, accuracy in enumerate(accuracies)]
    assert reached(Goal(**goal) if goal else None, rows) is wanted


@pytest.mark.parametrize(
    ("figures", "epoch"),
    [
        ([(0.3, 0.8), (0.9, 0.9), (0.5, 0.8)], 2),
        ([(0.4, 0.9), (0.3, 0.9), (0.5, 0.9)], 2),
        ([(0.3, 0.9), (0.3, 0.9)], 1),
        ([(0.5, 0.9), (0.1, 0.8)], 1),
    ],
)
def test_the_best_epoch_is_the_most_accurate_and_of_equals_that_with_the_lower_loss(
    figures: list[tuple[float, float]], epoch: int
) -> None:
    found = best([row(i, *pair) for i, pair in enumerate(figures, 1)])
    assert found
    assert found.epoch == epoch
    assert best([]) is None


class TestEarlyStopping:
    @pytest.mark.parametrize(
        ("rule", "losses", "ends"),
        [
            (None, [1, 1, 1, 1, 1], None),
            ({"patience": 1}, [3, 2, 1], None),
            ({"patience": 1}, [3, 2, 2, 1], 3),
            ({"patience": 2}, [3, 4, 2, 3, 1], None),
            ({"patience": 2}, [3, 2, 3, 2.5, 1], 4),
            ({"patience": 2, "min_delta": 0.5}, [3, 2.6, 2.4, 2, 1.9], 5),
            ({"patience": 1, "monitor": "accuracy"}, [1, 2, 3], 2),
        ],
    )
    def test_ends_after_so_many_epochs_without_progress(
        self, rule: dict[str, Any] | None, losses: list[float], ends: int | None
    ) -> None:
        stopping = EarlyStopping.model_validate(rule) if rule else None
        rows = [row(i, loss, 0.5) for i, loss in enumerate(losses, 1)]
        ended = [count for count in range(len(rows) + 1) if stalled(stopping, rows[:count])]
        assert (ended[0] if ended else None) == ends

    def test_accuracy_is_to_rise(self) -> None:
        stopping = EarlyStopping(patience=1, monitor="accuracy")
        rising = [row(1, 1, 0.5), row(2, 2, 0.6), row(3, 3, 0.7)]
        assert not stalled(stopping, rising)
        assert stalled(stopping, [*rising, replace(rising[-1], epoch=4)])

    def test_a_run_ends_says_why_and_is_finished(self, tmp_path: Path) -> None:
        out = StringIO()
        more = "early_stopping: {patience: 2, min_delta: 100}\nscheduler: CosineAnnealingLR"
        result = run(tmp_path, more, out=out)
        assert len(result.rows) == 3  # the first epoch is progress, so two without end the last
        more = more.replace("patience: 2", "patience: 1")
        result = run(tmp_path, more, out=out)
        assert len(result.rows) == 2
        assert "no lower loss since epoch 1: ends after epoch 2" in out.getvalue()
        summary = json.loads((result.folder / "summary.json").read_text())
        assert (summary["status"], summary["epochs"]) == ("finished", 2)
        again = run(tmp_path, more, resume=result.folder)
        assert figures(again) == figures(result)
