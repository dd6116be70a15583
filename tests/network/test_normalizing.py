"""A loaded network takes images as they come."""

from __future__ import annotations

import copy
import io
from collections import OrderedDict
from pathlib import Path

import pytest
import tiny
import torch
from torch import Tensor, nn

from netspec import load_run
from netspec.network.normalizing import Normalizing, Standardizing
from netspec.runner.after.eval import data_of, judge
from netspec.runner.after.trained import open_run

DEPRECATED = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a network that reads vectors."""
    torch.set_num_threads(1)
    layers = "- Conv2d: {out_channels: 4, kernel_size: 3}\n  - ReLU\n  - Flatten\n  "
    changes = ("[1, 8, 8]", "[64]"), (layers, "")
    return tiny.run(tmp_path_factory.mktemp("flat"), *changes).folder


@pytest.fixture(params=["once", "flat"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def pixels(once: Path, tmp_path: Path) -> Tensor:
    """(N, 1, 8, 8), uint8."""
    run = open_run(once, "cpu")
    return data_of(run, tmp_path)[0].judge.pixels


def test_it_answers_uint8_and_floats_as_eval_does(
    folder: Path, pixels: Tensor, tmp_path: Path
) -> None:
    network, run = load_run(folder, "cpu"), open_run(folder, "cpu")
    answers = judge(run, *data_of(run, tmp_path))
    for x in (pixels, pixels.float() / 255, pixels.double() / 255):
        y = network(x)
        assert torch.equal(y.argmax(1), answers.answers)
        torch.testing.assert_close(y.softmax(1).max(1)[0], answers.probabilities)
    torch.testing.assert_close(network(pixels[:1]), network(pixels)[:1])
    vectors = pixels.flatten(1)
    if len(run.plan.input) == 1:
        assert torch.equal(network(vectors), network(pixels))
        torch.testing.assert_close(network(vectors[0]), network(pixels)[0])


def test_without_normalizing_it_is_as_it_was(folder: Path, pixels: Tensor) -> None:
    plain, network = load_run(folder, "cpu", normalize=False), load_run(folder, "cpu")
    reads = open_run(folder, "cpu").reads
    x = (pixels.float() / 255 - reads.mean[0]) / reads.std[0]
    x = x.flatten(1) if len(reads.input) == 1 else x
    torch.testing.assert_close(plain(x), network(pixels))
    assert plain.state_dict().keys() == network.state_dict().keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: (x / 255 - 0.3) / 0.4, r"pixels from -0.75 to .*normalize=False"),
        (lambda x: x, r"pixels from 0 to 255: .*normalize=False"),
        (lambda x: x / 255 * float("nan"), r"pixels from nan"),
        (lambda x: x.long(), r"images are uint8, or floats from 0 to 1"),
    ],
)
def test_other_numbers_are_refused(
    folder: Path, pixels: Tensor, change: object, message: str
) -> None:
    assert callable(change)
    with pytest.raises(ValueError, match=message):
        load_run(folder, "cpu")(change(pixels.float()))


def test_what_resizing_takes_a_little_beyond_is_read(once: Path) -> None:
    x = torch.tensor([-1e-6, 1 + 1e-6]).repeat(32).view(1, 1, 8, 8)
    assert load_run(once, "cpu")(x).shape == (1, 10)


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 3, 8, 8), (8, 8)])
def test_other_shapes_are_refused(once: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"images are \(N, C, H, W\)"):
        load_run(once, "cpu")(torch.zeros(shape))


def test_no_images_are_no_answers(once: Path) -> None:
    assert load_run(once, "cpu")(torch.zeros(0, 1, 8, 8)).shape == (0, 10)


def test_parts_from_the_first_layer_on_normalize_and_others_do_not(
    once: Path, pixels: Tensor
) -> None:
    network = load_run(once, "cpu")
    front, rest = network[:2], network[2:]
    assert isinstance(front, Normalizing)
    assert type(rest) is nn.Sequential
    assert torch.equal(rest(front(pixels)), network(pixels))
    assert isinstance(network[0], nn.Conv2d)
    more = network + nn.Sequential(nn.Softmax(1))
    assert torch.equal(more(pixels), network(pixels).softmax(1))
    assert not more.training


@DEPRECATED
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_it_is_copied_kept_exported_and_trained_on_as_any_network(
    once: Path, pixels: Tensor
) -> None:
    network = load_run(once, "cpu")
    wanted = network(pixels)
    buffer = io.BytesIO()
    torch.save(network, buffer)
    buffer.seek(0)
    for same in (
        copy.deepcopy(network),
        torch.load(buffer, weights_only=False),
        torch.fx.symbolic_trace(network),
        torch.jit.trace(network, pixels[:2], check_trace=False),
        torch.export.export(network, (pixels,)).module(),
    ):
        torch.testing.assert_close(same(pixels), wanted)
    network.double()
    assert network(pixels).dtype == torch.float64
    network.float().train()(pixels).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())


@DEPRECATED
def test_it_is_scripted_and_still_refuses(folder: Path, pixels: Tensor) -> None:
    network = load_run(folder, "cpu")
    scripted = torch.jit.script(network)
    for x in (pixels, pixels.float() / 255):
        torch.testing.assert_close(scripted(x), network(x))
    with pytest.raises(torch.jit.Error, match="normalize=False"):
        scripted(pixels.float())


def test_a_part_from_the_first_layer_on_standardises_numbers_too_and_no_other() -> None:
    mean, std = torch.tensor([1.0, 5.0]), torch.tensor([2.0, 0.5])
    layers = OrderedDict(a=nn.Linear(2, 2), b=nn.ReLU())
    network = Standardizing(layers, mean, std, axes=1).eval()
    x = torch.rand(3, 2)
    assert torch.equal(network[:1](x), network.a((x - mean) / std))
    assert torch.equal(network[:2](x), network(x))
    assert type(network[1:]) is nn.Sequential
    more = network + nn.Sequential(nn.Flatten())
    assert torch.equal(more(x), network(x))
    assert not more.training
    assert list(network.state_dict()) == ["a.weight", "a.bias"]
