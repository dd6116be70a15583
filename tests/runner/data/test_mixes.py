"""Mixes of samples against torchvision's, sample by sample."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import pytest
import torch
from scipy import stats
from torch import Generator, Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torchvision.transforms import v2
from waits import Drawn, Waits

from netspec.diagnostic import Fault
from netspec.language.training import MIXES, Data
from netspec.runner.data import mixes
from netspec.runner.data.images import Images
from netspec.runner.data.mixer import Mixer
from netspec.runner.data.prepare import Prepare
from netspec.runner.together.chance import Chance, piece

N, SHAPE, CLASSES = 24, (3, 9, 14), 5
BOTH = [{"MixUp": 0.4}, "CutMix"]


def chance(part: slice = slice(0, N)) -> Chance:
    return Chance(Generator().manual_seed(3), N, part)


@pytest.fixture
def x() -> Tensor:
    return torch.rand(N, *SHAPE, generator=Generator().manual_seed(7), dtype=torch.float64)


@pytest.fixture
def labels() -> Tensor:
    return torch.arange(N) % CLASSES


def mixed(
    written: list[Any], x: Tensor, labels: Tensor, part: slice = slice(0, N)
) -> tuple[Tensor, Tensor]:
    mixer = Mixer([MIXES.read(one) for one in written], False, CLASSES)
    return mixer(piece(x, part, before=True), piece(labels, part, before=True), chance(part))


def theirs(kind: Any, x: Tensor, labels: Tensor, index: int, own: float) -> tuple[Tensor, Tensor]:
    """What torchvision makes of a sample and the one before it, with the share that was drawn."""
    pair = torch.tensor([index - 1, index]) % N
    transform = kind(num_classes=CLASSES)
    transform._dist = torch.distributions.Categorical(torch.ones(1))
    transform._dist.sample = lambda *_: torch.tensor(own, dtype=torch.float64)
    both, shares = transform(x[pair], labels[pair])
    return both[1], shares[1]


def test_mixup_is_torchvisions(x: Tensor, labels: Tensor) -> None:
    found, shares = mixed([{"MixUp": 0.4}], x, labels)
    drawn = chance().beta(0.4)
    assert drawn.unique().numel() == N
    for index, own in enumerate(drawn.tolist()):
        sample, label = theirs(v2.MixUp, x, labels, index, own)
        torch.testing.assert_close(found[index], sample)
        torch.testing.assert_close(shares[index], label)


def test_cutmix_is_torchvisions(x: Tensor, labels: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    found, shares = mixed(["CutMix"], x, labels)
    g = chance()
    drawn = g.beta(1.0)
    places = [(g.draw() * length).long().tolist() for length in (SHAPE[2], SHAPE[1])]
    for index, own in enumerate(drawn.tolist()):
        at = iter([places[0][index], places[1][index]])
        monkeypatch.setattr(torch, "randint", lambda *_, at=at, **__: torch.tensor([next(at)]))
        sample, label = theirs(v2.CutMix, x, labels, index, own)
        assert torch.equal(found[index], sample)
        torch.testing.assert_close(shares[index], label)


@pytest.mark.parametrize("alpha", [0.4, 1.0, 8.0])
def test_shares_are_drawn_from_torchs_beta_distribution(alpha: float) -> None:
    drawn = Chance(Generator().manual_seed(0), 5000, slice(None)).beta(alpha)
    assert stats.kstest(drawn.numpy(), stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_of_two_mixes_each_sample_gets_one(x: Tensor, labels: Tensor) -> None:
    found, shares = mixed(BOTH, x, labels)
    mixer = chance()
    each = [
        getattr(mixes, name)(x, x.roll(1, 0), mixer, alpha)[0]
        for name, alpha in (("MixUp", 0.4), ("CutMix", 1.0))
    ]
    which = (mixer.draw() * 2).long().tolist()
    assert 0 < sum(which) < N
    assert all(torch.equal(found[i], each[one][i]) for i, one in enumerate(which))
    assert torch.allclose(shares.sum(1), torch.ones(N))
    assert (shares.count_nonzero(1) <= 2).all()


@pytest.mark.parametrize("cuts", [(0, 5, N), (0, 0, 7, N)], ids=["two", "one-is-empty"])
def test_parts_of_a_batch_are_mixed_as_the_batch_is(
    x: Tensor, labels: Tensor, cuts: tuple[int, ...]
) -> None:
    wanted = mixed(BOTH, x, labels)
    parts = [mixed(BOTH, x, labels, slice(*cut)) for cut in itertools.pairwise(cuts)]
    for whole, found in zip(wanted, zip(*parts, strict=True), strict=True):
        assert torch.equal(torch.cat(found), whole)


def test_what_is_learnt_from_is_augmented_first_and_then_normalized() -> None:
    pixels = torch.arange(8).byte()[:, None, None, None].expand(8, 1, 4, 4).contiguous() * 30
    images = Images(pixels, torch.arange(8))
    given = {"dataset": "MNIST", "mean": [0.5], "std": [0.25]}
    changes = {"augment": [{"ColorJitter": 0.5}], "mix": ["MixUp"]}
    plain = Prepare(Data.model_validate(given), images, (1, 4, 4))
    prepare = Prepare(Data.model_validate(given | changes), images, (1, 4, 4), classes=8)
    g = Generator().manual_seed(1)
    draws = Chance(g, 8, slice(0, 8))
    before = [piece(one, draws.part, before=True) for one in (pixels, images.labels)]
    found, shares = prepare.both(*before, draws)
    assert (found.shape, shares.shape) == ((8, 1, 4, 4), (8, 8))
    again = Chance(Generator().manual_seed(1), 8, slice(0, 8))
    lighter = prepare._augment(pixels.float() / 255, again)
    own = again.beta(1.0).float()[:, None, None, None]
    wanted = lighter * own + lighter.roll(1, 0) * (1 - own)
    torch.testing.assert_close(found, (wanted - 0.5) / 0.25)
    x, labels = plain.both(pixels, images.labels, draws)
    assert torch.equal(labels, images.labels)
    assert torch.equal(x, plain(pixels))
    # What is judged is neither changed nor mixed.
    assert torch.equal(prepare(pixels), plain(pixels))


def test_samples_of_numbers_are_mixed_by_mixup_alone() -> None:
    x, labels = torch.arange(12.0).view(6, 2), torch.arange(6)
    mixer = Mixer([MIXES.read("MixUp")], True, 6)
    draws = Chance(Generator().manual_seed(0), 6, slice(0, 6))
    found, shares = mixer(torch.cat((x[-1:], x)), torch.cat((labels[-1:], labels)), draws)
    torch.testing.assert_close(found, shares @ x)
    with pytest.raises(Fault, match=r"CutMix is for images") as caught:
        Mixer([MIXES.read("MixUp"), MIXES.read("CutMix")], True, 6)
    assert caught.value.at == ("mix", 1)


@pytest.mark.parametrize("name", MIXES.words)
def test_every_word_has_a_function_that_takes_its_arguments(name: str) -> None:
    found = inspect.signature(getattr(mixes, name)).parameters
    assert [*found] == ["x", "other", "chance", *inspect.signature(MIXES.words[name]).parameters]


def test_no_mix_makes_a_gpu_wait() -> None:
    mixer = Mixer([MIXES.read(name) for name in MIXES.words], False, CLASSES)
    with FakeTensorMode(), Waits():
        x = torch.rand(N + 1, *SHAPE, device="cuda")
        labels = torch.zeros(N + 1, device="cuda", dtype=torch.long)
        y, shares = mixer(x, labels, Drawn(Generator(), N, slice(0, N)))
    assert (y.shape, shares.shape) == ((N, *SHAPE), (N, CLASSES))
    assert y.device.type == shares.device.type == "cuda"
