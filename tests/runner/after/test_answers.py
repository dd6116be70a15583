"""Pictures of mistakes that a run keeps: which, how many, and what is in them."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy
import pytest
import torch
from PIL import Image
from torch import Tensor

from netspec.runner.after import answers as kept
from netspec.runner.after import eval
from netspec.runner.after.trained import open_run
from netspec.runner.data.images import Dataset, Images
from netspec.runner.tasks.classification import Answers
from netspec.runs.answers import Answers as Kept
from netspec.runs.answers import answers
from netspec.runs.confusion import Judgement

pytestmark = pytest.mark.usefixtures("one_thread")


def judged(pixels: Tensor, true: Tensor, given: Tensor, sure: Tensor, n: int) -> Answers:
    cells = torch.bincount(true * n + given, minlength=n * n).view(n, n).tolist()
    names = [f"c{i}" for i in range(n)]
    found = Answers(cast("Dataset", None), "test", Images(pixels, true))
    found.judgement = Judgement("set", "test", names, cells, 0.5)
    found.answers, found.probabilities = given, sure
    return found


def gathered(*given: Any) -> Kept:
    found = kept.gathered(judged(*given), 1)
    assert found
    return found


def drawn(png: str) -> Tensor:
    with Image.open(BytesIO(b64decode(png))) as image:
        array = torch.from_numpy(numpy.array(image))
    return array[None] if array.dim() == 2 else array.permute(2, 0, 1)


def test_a_run_keeps_what_its_best_weights_answered(here: Path) -> None:
    folder = here / "runs" / "tiny" / "1"
    found = answers(folder)
    assert found
    run = open_run(folder, "cpu")
    data, part = eval.data_of(run, here / "data")
    wanted = eval.judge(run, data, part)
    assert found.judgement == wanted.judgement
    given, labels = wanted.answers.tolist(), data.judge.labels.tolist()
    mistakes = [i for i, (a, b) in enumerate(zip(given, labels, strict=True)) if a != b]
    assert 0 < len(mistakes) <= kept.EACH * 10
    assert {one.place for one in found.wrong} <= set(mistakes)
    for one in [*found.wrong, *found.examples]:
        assert (one.true, one.answer) == (labels[one.place], given[one.place])
        assert torch.equal(drawn(one.png), data.judge.read().pixels[one.place])
    assert sorted(one.true for one in found.examples) == list(range(10))


@pytest.mark.parametrize("channels", [1, 3])
def test_each_mistake_has_its_surest_before_any_has_its_second(channels: int) -> None:
    chance = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (400, channels, 6, 9), generator=chance).byte()
    true = torch.arange(400) % 40
    given = (true + 1 + (torch.arange(400) % 3 == 0)) % 40
    sure = torch.rand(400, generator=chance)
    found = gathered(pixels, true, given, sure, 40)
    assert len(found.wrong) == kept.ALL
    cells: dict[tuple[int, int], list[float]] = {}
    for one in found.wrong:
        cells.setdefault((one.true, one.answer), []).append(one.probability)
        assert torch.equal(drawn(one.png), pixels[one.place])
    assert len(cells) == 80
    for (i, j), shown in cells.items():
        every = sorted(sure[(true == i) & (given == j)].tolist(), reverse=True)
        assert shown == pytest.approx(every[: len(shown)], abs=1e-4)
        assert len(shown) <= kept.EACH


def test_large_mistakes_are_made_small_and_examples_stay_as_the_network_reads_them() -> None:
    pixels = torch.zeros(4, 3, 200, 100, dtype=torch.uint8)
    true, given = torch.tensor([0, 0, 1, 1]), torch.tensor([1, 0, 1, 1])
    found = gathered(pixels, true, given, torch.ones(4), 2)
    assert [drawn(one.png).shape for one in found.wrong] == [(3, 64, 32)]
    assert [drawn(one.png).shape for one in found.examples] == [(3, 200, 100)] * 2


@pytest.mark.parametrize(
    ("pixels", "why"),
    [(torch.zeros(2, 5), "are numbers"), (torch.zeros(2, 4, 3, 3).byte(), "have 4 channels")],
)
def test_what_cannot_be_drawn_is_counted_all_the_same(pixels: Tensor, why: str) -> None:
    labels = torch.tensor([0, 1])
    found = gathered(pixels, labels, 1 - labels, torch.ones(2), 2)
    assert (found.wrong, found.examples) == ([], [])
    assert why in found.without
    assert found.judgement.right == 0


def test_of_more_classes_than_a_page_could_show_nothing_is_kept() -> None:
    n = kept.MAX_CLASSES + 1
    found = judged(
        torch.zeros(1, 1, 2, 2).byte(), torch.zeros(1).long(), *torch.ones(2, 1).long(), 2
    )
    found.judgement = found.judgement._replace(classes=[str(i) for i in range(n)])
    assert kept.gathered(found, 1) is None
