"""Figures of tasks, added up in parts, against scikit-learn and brute force."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from sklearn import metrics
from torch import Tensor

from netspec.diagnostic import UsageError
from netspec.language.training import TASKS
from netspec.runner.data.images import Images
from netspec.runner.tasks import of
from netspec.runner.tasks.base import Gauge
from netspec.runner.tasks.multi_label import average_precision

CHANCE = torch.Generator().manual_seed(3)
N = 60


def measured(task: str, y: Tensor, targets: Tensor, names: int) -> dict[str, float]:
    """The figures of all samples, from two gauges of a part each that are put together."""
    known = [one for one in TASKS.traits[task].known if _fits(one.name, names)]
    first, second = (Gauge(of(task), known, names) for _ in range(2))
    for gauge, part in ((first, slice(0, 23)), (second, slice(23, N))):
        for some in torch.arange(N)[part].split(7):
            gauge.add(y[some], targets[some])
    for name, tensor in second.sums.items():
        first.sums[name] += tensor
    return first.figures(Images(torch.zeros(N, 1), targets))


def _fits(name: str, names: int) -> bool:
    return not name.startswith("top") or int(name.removeprefix("top")) < names


def close(found: dict[str, float], wanted: dict[str, Any]) -> None:
    assert found == {name: pytest.approx(float(value), abs=1e-9) for name, value in wanted.items()}


@pytest.mark.parametrize("offset", [0.0, 1e6], ids=["near zero", "far from zero"])
@pytest.mark.parametrize("targets", [1, 3])
def test_of_values(targets: int, offset: float) -> None:
    known = (torch.randn(N, targets, generator=CHANCE) + offset).float()
    if targets == 3:
        known[:, 2] = 4.0  # all alike
    y = known + torch.randn(N, targets, generator=CHANCE)
    pair = known.double().numpy(), y.double().numpy()
    close(measured("regression", y, known, targets), {
        "mae": metrics.mean_absolute_error(*pair),
        "rmse": metrics.root_mean_squared_error(*pair),
        "r2": metrics.r2_score(*pair),
    })  # fmt: skip


def test_of_values_that_are_all_right() -> None:
    known = torch.full((N, 1), 2.0)
    assert measured("regression", known, known, 1) == {"mae": 0.0, "rmse": 0.0, "r2": 1.0}


def test_of_labels() -> None:
    logits = torch.randn(N, 4, generator=CHANCE)
    known = (torch.rand(N, 4, generator=CHANCE) < 0.4).float()
    known[:, 3], logits[:, 3] = 0.0, -1.0  # neither there nor given
    given = (logits > 0).numpy()
    close(measured("multi_label", logits, known, 4), {
        "f1": metrics.f1_score(known, given, average="macro", zero_division=0),
        "exact_match": metrics.accuracy_score(known, given),
    })  # fmt: skip
    scores = (logits[:, 0] * 2).round()  # many alike
    wanted = metrics.average_precision_score(known[:, 0], scores)
    assert average_precision(scores, known[:, 0] > 0) == pytest.approx(wanted)
    assert average_precision(scores, known[:, 3] > 0) is None


def test_of_classes() -> None:
    logits = torch.randn(N, 6, generator=CHANCE)
    known = torch.randint(6, (N,), generator=CHANCE)
    order = logits.argsort(1, descending=True)
    wanted = {"accuracy": (order[:, 0] == known).double().mean()} | {
        f"top{k}": (order[:, :k] == known[:, None]).any(1).double().mean() for k in (2, 3, 5)
    }
    close(measured("classification", logits, known, 6), wanted)


def test_a_rank_that_is_always_reached_is_refused() -> None:
    top5 = [one for one in TASKS.traits["classification"].more if one.name == "top5"]
    with pytest.raises(UsageError, match="top5 of 5 classes is always right"):
        Gauge(of("classification"), top5, 5)
