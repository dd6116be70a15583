"""Modules that no spec says, or not without a word: one message each, with its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

import netspec
from netspec.capture.imported import imported
from netspec.capture.trouble import CaptureError, told

pytestmark = pytest.mark.usefixtures("one_thread")
SHAPE = (4, 8, 8)


def net(forward: Callable[[Any, Tensor], Any], **parts: Any) -> nn.Module:
    """A module with these parts and this forward."""

    class Net(nn.Module):
        def forward(self, x: Tensor) -> Any:
            return forward(self, x)

    made = Net()
    for name, part in parts.items():
        setattr(made, name, part)
    return made


class Ghost(nn.BatchNorm2d):
    """Batch norm over parts of a batch."""

    def forward(self, x: Tensor) -> Tensor:
        halves = [super(Ghost, self).forward(one) for one in x.chunk(2, 0)]
        return torch.cat(halves, 0)


class Standardized(nn.Conv2d):
    """A convolution whose weights are worked out."""

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight - self.weight.mean(), self.bias)


class TwoInputs(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


def broken(m: Any, x: Tensor) -> Tensor:
    raise LookupError("no such layer")


def through_a_view(m: Any, x: Tensor) -> Tensor:
    y = m.a(x)
    y.view(-1, 256).add_(1)
    return F.relu(y)


conv = nn.Conv2d(4, 4, 1)
REFUSED: dict[str, tuple[nn.Module, list[str]]] = {
    "several inputs": (TwoInputs(), ["takes 2 inputs (x, y)"]),
    "several outputs": (net(lambda m, x: (x * 2, x + 1)), ["a tuple or list of 2"]),
    "a dictionary": (net(lambda m, x: {"out": x * 2}), ["a dictionary of 1"]),
    "the input itself": (net(lambda m, x: x), ["its output is its input"]),
    "a constant": (net(lambda m, x: torch.ones(3)), ["does not depend on its input"]),
    "dropout that never stops": (net(lambda m, x: F.dropout(x)), ["drops in evaluation too"]),
    "chance": (net(lambda m, x: x + torch.randn_like(x)), ["two passes", "adds a constant"]),
    "a shared layer": (net(lambda m, x: m.a(torch.relu(m.a(x))), a=conv), ["a.weight is used 2"]),
    "ghost batch norm": (net(lambda m, x: m.a(x), a=Ghost(4)), ["takes the batch apart"]),
    "weights worked out": (
        net(lambda m, x: m.a(x), a=Standardized(4, 4, 1)), ["worked out from a.weight"],
    ),
    "parametrization": (
        net(lambda m, x: m.a(x), a=nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 1))),
        ["its weight is worked out", "remove_parametrizations"],
    ),
    "a forward that raises": (net(broken), ["raises LookupError: no such layer"]),
    "CUDA alone": (net(lambda m, x: x.to("cuda:77") * 2), ["its forward raises"]),
    "samples mixed": (net(lambda m, x: x.view(-1, 8) * 2), ["samples do not stay apart"]),
    "softmax over the batch": (net(lambda m, x: F.softmax(x, 0)), ["over the samples of a batch"]),
    "everything at once": (
        net(lambda m, x: torch.fft.fft2(torch.cumsum(torch.sort(x)[0], 2)).real),
        ["sort", "cumsum", "fft_fft2"],
    ),
    "recurrent": (
        net(lambda m, x: m.a(x.flatten(2))[0], a=nn.LSTM(64, 3, batch_first=True)),
        ["a: LSTM", "reads in sequence"],
    ),
    "unequal sums": (net(lambda m, x: x + x.mean((2, 3), True)), ["(4, 8, 8) and (4, 1, 1)"]),
    "one of two ways": (
        net(lambda m, x: x * 2 if x.sum() > 0 else x * 3), ["another input", "numbers that come"],
    ),
    "in place through a view": (
        net(through_a_view, a=conv),
        ["here the module and the spec part: 1 (ReLU)", "through a view is not followed"],
    ),
    "no values": (nn.Conv2d(4, 10**6, 31, device="meta"), ["on the meta device", "--no-verify"]),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_carried_over_is_refused_in_words(what: str) -> None:
    module, parts = REFUSED[what]
    state = {name: one.clone() for name, one in module.state_dict().items()}
    with pytest.raises(CaptureError) as caught:
        netspec.from_module(module, input=SHAPE)
    text = "\n".join(f"{told(one)} {one.help}" for one in caught.value.troubles)
    for part in parts:
        assert part in text
    assert caught.value.exit_code == 1
    assert module.training
    after = module.state_dict()
    assert all(one.is_meta or torch.equal(one, after[name]) for name, one in state.items())


def test_a_refusal_says_the_module_the_operation_and_its_line_of_code() -> None:
    inner = net(lambda m, x: torch.cumsum(x, 1))
    with pytest.raises(CaptureError) as caught:
        netspec.from_module(nn.Sequential(nn.ReLU(), inner), input=SHAPE)
    (trouble,) = caught.value.troubles
    assert (trouble.path, trouble.operation) == ("1", "cumsum")
    assert trouble.place
    assert trouble.place.code == "inner = net(lambda m, x: torch.cumsum(x, 1))"


def trains(m: Any, x: Tensor) -> Any:
    x = m.a(x)
    return (x, m.aux(x)) if m.training else x


def auxiliary(m: Any, x: Tensor) -> Tensor:
    x = m.a(x)
    return x + m.aux(x) if m.training else x


def overwrites(m: Any, x: Tensor) -> Tensor:
    x *= 2
    return m.a(x)


NOTED: dict[str, tuple[nn.Module, list[str]]] = {
    "a head for training": (net(trains, a=conv, aux=conv), ["in training its forward gives 2"]),
    "a path for training": (
        net(auxiliary, a=conv, aux=nn.Conv2d(4, 4, 3, padding=1)),
        ["left out, as only training does it: aux (Conv2d,", "148 of its parameters are not reach"],
    ),
    "never called": (
        net(lambda m, x: m.a(x), a=conv, b=nn.Conv2d(1, 2, 3), c=nn.Dropout()),
        ["20 of its parameters are not reached, and not in the spec: b.weight, b.bias",
         "never called, and not in the spec: c"],
    ),
    "input overwritten": (net(overwrites, a=conv), ["writes over its input"]),
    "a number asked for": (
        net(lambda m, x: m.a(x) if x.shape[1] == 4 and x.abs().sum() > 0 else x, a=conv),
        ["asks for a number of the run, True"],
    ),
    "not registered": (
        net(lambda m, x: m.layers[0](x), layers=[nn.Conv2d(4, 4, 1)]),
        ["2 of the weights it computes with are not registered"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTED)
def test_what_a_spec_leaves_out_is_said(what: str) -> None:
    module, parts = NOTED[what]
    notes = "\n".join(imported(module, SHAPE).notes)
    for part in parts:
        assert part in notes


def crosses(m: Any, x: Tensor) -> Tensor:
    a = m.a(x)
    b = m.b(a)
    return torch.as_tensor(m.c(b + x) + a)


class Own(nn.Conv2d):
    """A subclass that computes what its base does."""


WRITTEN: dict[str, tuple[Callable[[], nn.Module], list[str]]] = {
    "a subclass": (lambda: net(lambda m, x: m.a(x), a=Own(4, 2, 3)), ["name: a, Conv2d: [2, 3]"]),
    "functions with weights": (
        lambda: net(
            lambda m, x: F.conv2d(x, m.w, padding=1), w=nn.Parameter(torch.randn(2, 4, 3, 3))
        ),
        ["Conv2d: {out_channels: 2, kernel_size: 3, padding: 1, bias: false}"],
    ),
    "batch norm as a function": (
        lambda: net(
            lambda m, x: F.batch_norm(
                x, m.a.running_mean, m.a.running_var, m.a.weight, m.a.bias, m.training, 0.2
            ),
            a=nn.BatchNorm2d(4),
        ),
        ["name: a, BatchNorm2d: {momentum: 0.2}"],
    ),
    "batch norm without weights": (lambda: nn.BatchNorm2d(4, affine=False), ["{affine: false}"]),
    "rescaled input": (lambda: net(lambda m, x: (x / 2 - 0.5) * 4), ["Affine: [0.5, -0.5]"]),
    "a gate": (
        lambda: net(
            lambda m, x: x * torch.sigmoid(m.a(x.mean((2, 3)))).view(-1, 4, 1, 1), a=nn.Linear(4, 4)
        ),
        ["Gate:", "Unflatten"],
    ),
    "parts": (
        lambda: net(lambda m, x: torch.cat((x[:, :2], F.relu(x[:, 2:])), 1)),
        ["Concat:", "Slice: {dim: 0, stop: 2}"],
    ),
    "shuffled channels": (
        lambda: net(lambda m, x: x.view(-1, 2, 2, 8, 8).transpose(1, 2).reshape(x.shape) * 2),
        ["ChannelShuffle: 2"],
    ),
    "a crossing skip": (
        lambda: net(
            crosses,
            a=nn.Conv2d(4, 4, 1), b=nn.Conv2d(4, 4, 1), c=nn.Conv2d(4, 4, 1),
        ),
        ["Graph:", "join: add", "from: [b, input]"],
    ),
    "a sum of three": (
        lambda: net(lambda m, x: m.a(x) + m.b(x) + x, a=nn.Conv2d(4, 4, 1), b=nn.Conv2d(4, 4, 1)),
        ["Residual:"],
    ),
    "channels padded": (lambda: net(lambda m, x: F.pad(x, (0, 0, 0, 0, 1, 3))), ["ChannelPad"]),
    "dropout of training alone": (
        lambda: net(lambda m, x: m.d(x) * 2 if m.training else x * 2, d=nn.Dropout(0.3)),
        ["Affine: 2.0"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRITTEN)
def test_what_a_forward_does_is_written_as_layers(what: str) -> None:
    make, parts = WRITTEN[what]
    text = netspec.from_module(make(), input=SHAPE).text
    for part in parts:
        assert part in text


def test_a_network_of_many_crossing_joins_is_found_in_time() -> None:
    def forward(m: Any, x: Tensor) -> Tensor:
        a = b = x
        for _ in range(40):
            a, b = torch.relu(a + b), torch.tanh(a)
        return a + b

    text = netspec.from_module(net(forward), input=(2, 3, 3)).text
    assert text.count("join: add") == 40


def test_what_has_no_values_is_written_where_verification_is_left_out() -> None:
    giant = nn.Sequential(nn.Flatten(), nn.Linear(256, 10**7, device="meta"))
    assert "Linear: 10000000" in netspec.from_module(giant, input=SHAPE, verify=False).text
