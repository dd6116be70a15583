"""The well-known networks of examples/, held against torch's own, untrained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import shufflenetv2
from torchvision.ops import SqueezeExcitation, StochasticDepth

from netspec import compiler
from netspec.compiler.plan import Plan
from netspec.network.build import module

HOME = Path(__file__).parents[1]
EXAMPLES = HOME / "examples"


class Level(nn.Module):
    """What it reads, beside what comes back from half the resolution."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__()
        deepest = b == 1024
        self.pool = nn.MaxPool2d(2)
        self.enter = double(a, b)
        self.below = nn.Identity() if deepest else nn.Sequential(Level(b, 2 * b), double(2 * b, b))
        self.up = nn.ConvTranspose2d(b, a, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.up(self.below(self.enter(self.pool(x))))], 1)


def double(a: int, b: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n in (a, b):
        layers += [nn.Conv2d(n, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers)


def unet() -> nn.Module:
    return nn.Sequential(double(1, 64), Level(64, 128), double(128, 64), nn.Conv2d(64, 2, 1))


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(),
        )  # fmt: skip
        self.classifier = nn.Sequential(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).flatten(1))


OWN: dict[str, Callable[[], nn.Module]] = {"lenet5": LeNet, "unet": unet}
TORCHVISION = [
    "alexnet",
    "densenet121",
    "efficientnet_b0",
    "mobilenet_v2",
    "resnet18",
    "resnet50",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
    "vgg16",
]
networks = pytest.mark.parametrize("name", [*OWN, *TORCHVISION])


@cache
def plan(name: str) -> Plan:
    return compiler.compile(EXAMPLES / f"{name}.yaml")


def reference(name: str) -> nn.Module:
    network = OWN[name]() if name in OWN else torchvision.models.get_model(name, weights=None)
    return network.eval()


@cache
def on_meta(name: str) -> nn.Module:
    with torch.device("meta"):
        return reference(name)


def sample(name: str) -> Tensor:
    return torch.empty(1, *plan(name).input, device="meta")


def test_every_example_has_a_reference() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {*OWN, *TORCHVISION}


@pytest.mark.parametrize("folder", ["examples", "specs"])
def test_the_table_of_the_folder_gives_the_compiled_figures(folder: str) -> None:
    rows = []
    for line in (HOME / folder / "README.md").read_text().splitlines():
        if line.startswith("| ["):
            spec, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            figures = [int(cell.replace(",", "")) for cell in cells[-4:-1]]
            rows.append((spec.partition("]")[0][1:], *figures))
    compiled = []
    for path in (HOME / folder).glob("*.yaml"):
        it = compiler.compile(path)
        assert it.local is not None
        axis = it.local.axes[0]
        assert axis.field is not None
        compiled.append((path.stem, it.totals.params, it.totals.macs, axis.field.size))
    assert sorted(rows) == sorted(compiled)


@cache
def beside() -> dict[str, list[str]]:
    """The cells of the table that holds netspec's figures against others, by network."""
    table = (EXAMPLES / "README.md").read_text().partition("## Held against others")[2]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    return {name.strip(): [cell.strip() for cell in cells] for name, *cells in lines[1:]}


def test_every_example_is_held_against_others() -> None:
    assert set(beside()) == {*OWN, *TORCHVISION}


@networks
def test_the_table_has_the_published_figures_beside_netspecs(name: str) -> None:
    params, our_params, macs, our_macs, field, our_field = beside()[name]
    totals, last = plan(name).totals, plan(name).local
    assert last is not None
    assert our_params == f"{totals.params:,}"
    assert our_macs == billions(name, totals.macs / 1e9)
    assert {our_field} == {str(axis.field and axis.field.size) for axis in last.axes}
    if name in TORCHVISION:
        published = torchvision.models.get_model_weights(name).DEFAULT.meta  # type: ignore[attr-defined]
        figures = published["num_params"], published["_ops"]
    else:
        figures = sum(p.numel() for p in on_meta(name).parameters()), flops(name) / 2e9
    assert (params, macs) == (f"{figures[0]:,}", billions(name, figures[1]))
    assert (params, macs, field) == (our_params, our_macs, our_field)


def billions(name: str, count: float) -> str:
    """As many digits as torchvision publishes."""
    return f"{count:.3f}" if name in TORCHVISION else f"{count:.3g}"


def flops(name: str) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        on_meta(name)(sample(name))
    return counter.get_total_flops()


@networks
def test_weights_have_the_shapes_of_the_reference(name: str) -> None:
    ours = Counter(shape for leaf in plan(name).leaves for shape in leaf.weights.values())
    assert ours == Counter(tuple(p.shape) for p in on_meta(name).parameters())


@networks
def test_parameters_equal_the_reference_and_use_up_the_audits_budget(name: str) -> None:
    params = plan(name).totals.params
    assert params == sum(p.numel() for p in on_meta(name).parameters())
    assert params == plan(name).spec.audit.max_params


@networks
def test_output_and_macs_equal_the_reference(name: str) -> None:
    assert plan(name).output == tuple(on_meta(name)(sample(name)).shape[1:])
    assert 2 * plan(name).totals.macs == flops(name)


@networks
def test_built_network_computes_what_the_reference_does_with_the_same_weights(name: str) -> None:
    torch.manual_seed(0)
    theirs = reference(name)
    with torch.device("meta"):
        ours = module(plan(name).root).eval()
    weights = theirs.state_dict().values()
    ours.load_state_dict(dict(zip(ours.state_dict(), weights, strict=True)), assign=True)
    channels, *size = plan(name).input
    x = torch.randn(2, channels, *(min(96, n) for n in size))
    with torch.no_grad():
        y, z = ours(x), theirs(x)
    assert z.std() > 0
    torch.testing.assert_close(y, z, rtol=1e-4, atol=1e-4 * float(z.abs().max()))


class Windowed(nn.Module):
    """A convolution or pool reduced to what it reads: one channel, all weights positive."""

    def __init__(self, window: nn.Module) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        return self.window(x.sum(1, keepdim=True))


class Sum(nn.Module):
    """Branches over halves of the channels, which count together."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(map(thin, branches))

    def forward(self, x: Tensor) -> Tensor:
        return sum((branch(x) for branch in self.branches), torch.zeros(()))


def thin(layer: nn.Module) -> nn.Module:
    match layer:
        case nn.Conv2d(kernel_size=k, stride=s, padding=p, dilation=d):
            return Windowed(positive(nn.Conv2d(1, 1, k, s, p, d, bias=False)))
        case nn.ConvTranspose2d(kernel_size=k, stride=s, padding=p, output_padding=o):
            return Windowed(positive(nn.ConvTranspose2d(1, 1, k, s, p, o, bias=False)))
        case nn.MaxPool2d(dilation=1) | nn.AvgPool2d():
            return nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode)
        case nn.ReLU() | nn.ReLU6() | nn.SiLU() | nn.Tanh() | nn.BatchNorm2d():
            return nn.Identity()
        case SqueezeExcitation() | StochasticDepth() | nn.Identity():  # no pixel moves
            return nn.Identity()
        case shufflenetv2.InvertedResidual():
            return Sum(layer.branch1, layer.branch2)
    empty = type(layer) is nn.Sequential
    assert empty or layer._modules, f"{type(layer).__name__} has no thin form"
    for name, child in layer.named_children():
        setattr(layer, name, thin(child))
    return layer


def positive(layer: nn.Module) -> nn.Module:
    for parameter in layer.parameters():
        nn.init.ones_(parameter)
    return layer


def local_part(network: nn.Module) -> nn.Module:
    """The network without its global pool and classifier."""
    if isinstance(network, torchvision.models.ResNet):
        return nn.Sequential(*list(network.children())[:-2])
    if isinstance(network, torchvision.models.ShuffleNetV2):
        return nn.Sequential(*list(network.children())[:-1])
    return getattr(network, "features", network)


def rows_read(network: nn.Module, length: int, period: int) -> list[tuple[int, int]]:
    """First and last input row that each of period + 1 units down the middle depends on."""
    x = torch.zeros(1, 1, length, 64, dtype=torch.float64, requires_grad=True)
    y = network(x).sum((1, 3))[0]
    middle, reads = len(y) // 2, []
    for i in range(middle, middle + period + 1):
        (gradient,) = torch.autograd.grad(y[i], x, retain_graph=True)
        rows = gradient.sum(3).nonzero()[:, 2]
        reads.append((int(rows.min()), int(rows.max())))
    return reads


@networks
def test_receptive_field_equals_that_of_the_reference_by_gradient(name: str) -> None:
    last = plan(name).local
    assert last is not None
    for axis in last.axes:
        assert axis.field is not None
        period, size, jump = len(axis.field.lo), axis.field.size, axis.field.jump
        assert jump is not None
        length = -((size + 64 * (period + 2)) // -64) * 64
        reads = rows_read(thin(local_part(reference(name))).double(), length, period)
        assert min(first for first, _ in reads) > 0, "a border hides part of the field"
        assert max(end for _, end in reads) < length - 1, "a border hides part of the field"
        assert max(end - first + 1 for first, end in reads) == size == int(beside()[name][4])
        assert (reads[period][0] - reads[0][0]) / period == jump
