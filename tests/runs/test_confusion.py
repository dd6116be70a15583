"""The figures of a classifier, held against torchmetrics."""

from __future__ import annotations

import pytest
import torch
from torchmetrics.functional import classification

from netspec.runs.confusion import Judgement, Mistake

CLASSES = tuple("abcdefg")


def random(seed: int, images: int) -> tuple[torch.Tensor, torch.Tensor, Judgement]:
    """True classes, answers (both without the last class) and the judgement on them."""
    chance = torch.Generator().manual_seed(seed)
    n = len(CLASSES)
    true, answers = torch.randint(0, n - 1, (2, images), generator=chance)
    counts = torch.zeros(n, n, dtype=torch.long)
    for i, j in zip(true.tolist(), answers.tolist(), strict=True):
        counts[i, j] += 1
    return true, answers, Judgement("set", "test", CLASSES, counts.tolist(), 0.5)


@pytest.mark.parametrize("images", [1, 30, 500])
def test_figures_are_those_of_torchmetrics(images: int) -> None:
    true, answers, judgement = random(images, images)
    n = len(CLASSES)
    assert judgement.images == images
    assert judgement.accuracy == pytest.approx(float((true == answers).float().mean()))
    for key, function in (
        ("recall", classification.multiclass_recall),
        ("precision", classification.multiclass_precision),
        ("f1", classification.multiclass_f1_score),
    ):
        wanted = function(answers, true, num_classes=n, average="none").tolist()
        ours = [getattr(one, key) for one in judgement.by_class]
        assert [share or 0.0 for share in ours] == pytest.approx(wanted), key


def test_a_share_of_nothing_is_none_not_zero() -> None:
    last = random(3, 500)[2].by_class[-1]
    assert (last.images, last.recall, last.precision, last.f1) == (0, None, None, None)


def test_mistakes_come_by_how_often_they_were_made() -> None:
    judgement = Judgement("set", "test", ("a", "b"), [[5, 1], [3, 7]], 0.0)
    assert judgement.mistakes == [Mistake("b", "a", 3), Mistake("a", "b", 1)]
