"""The well-known networks of examples/, held against torch's own, untrained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest
import torch
import torchvision
from references import HighResolution, LeNet, Nested, unet
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import shufflenetv2
from torchvision.ops import Permute, SqueezeExcitation, StochasticDepth

from netspec import compiler
from netspec.compiler.plan import Plan
from netspec.network.build import module

HOME = Path(__file__).parents[1]
EXAMPLES = HOME / "examples"


OWN: dict[str, Callable[[], nn.Module]] = {
    "hrnet": HighResolution,
    "lenet5": LeNet,
    "unet": unet,
    "unet_plus_plus": Nested,
}
TORCHVISION = [
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "inception_v3",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "regnet_y_400mf",
    "resnet18",
    "resnet50",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
    "vgg16",
    "vit_b_16",
]
ARGUMENTS = {"inception_v3": {"aux_logits": False, "init_weights": False}}
"""What the reference is made with: Inception without its auxiliary head."""
WIDTHS = {"inception_v3": 96, "unet": 16, "unet_plus_plus": 16}
"""Columns of what the gradient goes through, where 64 are too few, or many more than are needed."""
SIZES = {"inception_v3": 80, "vit_b_16": 224}
"""Pixels that the reference cannot do with fewer of, where they are more than 64."""
networks = pytest.mark.parametrize("name", [*OWN, *TORCHVISION])


@cache
def plan(name: str) -> Plan:
    return compiler.compile(EXAMPLES / f"{name}.yaml")


def reference(name: str) -> nn.Module:
    """The same network in torch, without memory for its weights."""
    make = OWN.get(name) or partial(
        torchvision.models.get_model, name, weights=None, **ARGUMENTS.get(name, {})
    )
    # A RegNet works its widths out with tensors.
    with torch.device("cpu" if name.startswith("regnet") else "meta"):
        return make().to("meta").eval()


on_meta = cache(reference)


def filled(name: str) -> nn.Module:
    """The reference with weights drawn at random, so that every one of them counts."""
    network = reference(name).to_empty(device="cpu")
    for key, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            tensor.zero_()
        elif tensor.numel() > max(tensor.shape):
            tensor.uniform_(-1, 1).mul_((3 / tensor[0].numel()) ** 0.5)
        elif key.endswith(("weight", "var", "layer_scale")):
            tensor.uniform_(0.5, 1.5)
        else:
            tensor.uniform_(-0.1, 0.1)
    return network


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
        figures = published["num_params"] - left_out(name), published["_ops"]
    else:
        figures = sum(p.numel() for p in on_meta(name).parameters()), flops(name) / 2e9
    assert (params, macs) == (f"{figures[0]:,}", billions(name, figures[1]))
    assert (params, macs, field) == (our_params, our_macs, our_field)


def left_out(name: str) -> int:
    """Parameters of the auxiliary head that an example does without."""
    if name not in ARGUMENTS:
        return 0
    with torch.device("meta"):
        whole = torchvision.models.get_model(name, weights=None, init_weights=False)
    return sum(p.numel() for p in whole.AuxLogits.parameters())


def billions(name: str, count: float) -> str:
    """As many digits as torchvision publishes."""
    return f"{count:.3f}" if name in TORCHVISION else f"{count:.3g}"


def flops(name: str) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        on_meta(name)(sample(name))
    return counter.get_total_flops()


@networks
def test_weights_have_the_shapes_of_the_reference(name: str) -> None:
    ours = [shape for leaf in plan(name).leaves for shape in leaf.weights.values()]
    theirs = [tuple(p.shape) for p in on_meta(name).parameters()]
    assert Counter(map(lengths, ours)) == Counter(map(lengths, theirs))


def lengths(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without axes of 1, which a factor for each channel has or has not."""
    return tuple(n for n in shape if n > 1)


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
    theirs = filled(name)
    with torch.device("meta"):
        ours = module(plan(name).root).eval()
    state = theirs.state_dict()
    weights = [state[key] for key in sorted(state, key=partial(place, [*state]))]
    pairs = zip(ours.state_dict().items(), weights, strict=True)
    ours.load_state_dict({key: w.view(own.shape) for (key, own), w in pairs}, assign=True)
    channels, *size = plan(name).input
    x = torch.randn(1, channels, *(min(SIZES.get(name, 64), n) for n in size))
    with torch.no_grad():
        y, z = ours(x), theirs(x)
    assert z.std() > 0
    torch.testing.assert_close(y, z, rtol=1e-4, atol=1e-4 * float(z.abs().max()))


def place(keys: list[str], key: str) -> tuple[float, int]:
    """Where a weight of the reference stands in the example's order."""
    at = keys.index(key)
    # What is first in the reference and behind these in the example: the shortcut of a RegNet, the
    # layer scale of a ConvNeXt, the class token of a ViT.
    before = {".proj.": ".f.", "layer_scale": "block.", "class_token": "conv_proj."}
    for part, other in before.items():
        block, found, _ = key.partition(part)
        if found:
            behind = [i for i, one in enumerate(keys) if one.startswith(block + other)]
            return behind[-1] + 0.5, at
    return at, at


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
        case nn.ReLU() | nn.ReLU6() | nn.SiLU() | nn.Tanh() | nn.Hardswish() | nn.GELU():
            return nn.Identity()
        case nn.BatchNorm2d() | nn.LayerNorm() | nn.Linear() | Permute():  # no pixel moves
            return nn.Identity()
        case nn.Upsample():
            return layer
        case SqueezeExcitation() | StochasticDepth() | nn.Identity():
            return nn.Identity()
        case shufflenetv2.InvertedResidual():
            return Sum(layer.branch1, layer.branch2)
    empty = type(layer) is nn.Sequential
    assert empty or layer._modules, f"{type(layer).__name__} has no thin form"
    for name, parameter in layer.named_parameters(recurse=False):
        setattr(layer, name, nn.Parameter(torch.ones_like(parameter, device="cpu")))
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
    if isinstance(network, torchvision.models.Inception3):
        return nn.Sequential(*list(network.children())[:-3])
    if isinstance(network, torchvision.models.VisionTransformer):
        return network.conv_proj
    if isinstance(network, torchvision.models.RegNet):
        return nn.Sequential(network.stem, network.trunk_output)
    if isinstance(network, torchvision.models.ShuffleNetV2):
        return nn.Sequential(*list(network.children())[:-1])
    return getattr(network, "features", network)


def rows_read(
    network: nn.Module, length: int, width: int, period: int
) -> tuple[int, list[tuple[int, int]]]:
    """The unit in the middle, and the rows that it and `period` units down from it depend on."""
    x = torch.ones(1, 1, length, width, dtype=torch.float64, requires_grad=True)
    y = network(x).sum((1, 3))[0]
    middle, reads = len(y) // 2, list[tuple[int, int]]()
    for i in range(middle, middle + period + 1):
        (gradient,) = torch.autograd.grad(y[i], x, retain_graph=True)
        rows = gradient.sum(3).nonzero()[:, 2]
        reads.append((int(rows.min()), int(rows.max())))
    return middle, reads


def mean_pool(x: Tensor, kernel_size: int, stride: int) -> Tensor:
    return nn.functional.avg_pool2d(x, kernel_size, stride)


@networks
def test_receptive_field_equals_that_of_the_reference_by_gradient(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nn.functional, "max_pool2d", mean_pool)
    last = plan(name).local
    assert last is not None
    axes = last.axes
    if name == "vit_b_16":
        # Patches after one another read as much as patches in rows, which the reference has first.
        axes = plan(name).leaves[0].output.axes
        assert last.size == [axis.field and axis.field.size for axis in axes]
    for axis in axes[:1] if len(set(axes)) == 1 else axes:
        assert axis.field is not None
        period, size, jump = len(axis.field.lo), axis.field.size, axis.field.jump
        assert jump is not None
        length = -((size + 64 * (period + 2)) // -64) * 64
        network = thin(local_part(reference(name))).double()
        middle, reads = rows_read(network, length, WIDTHS.get(name, 64), period)
        assert min(first for first, _ in reads) > 0, "a border hides part of the field"
        assert max(end for _, end in reads) < length - 1, "a border hides part of the field"
        assert max(end - first + 1 for first, end in reads) == size == int(beside()[name][4])
        assert (reads[period][0] - reads[0][0]) / period == jump
        if period == 1:
            assert reads[0][0] == axis.field.start + middle * jump
