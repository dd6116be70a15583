"""The modules behind composites, and layers from other packages than torch.nn."""

from __future__ import annotations

import pytest
import torch
import torchvision
from plans import COMPOSITES, SHAPES, compiled, example, model_of, plan_of, torch_class
from torch import nn

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.network.build import build, module
from netspec.network.modules import Normalize
from netspec.network.normalizing import normalized
from netspec.source import parse

SPEC = """
input: [4, 8, 8]
layers:
  - name: stem
    Residual:
      body: [{Conv2d: [8, 3, 1, 1]}, ReLU]
      shortcut: [{name: project, Conv2d: [8, 1]}]
  - Concat: [[], [{Conv2d: [2, 1]}], [{Sequential: [ReLU, {Conv2d: [3, 1]}]}]]
  - Gate: [{AdaptiveAvgPool2d: 1}, {Conv2d: [13, 1]}, Sigmoid]
  - Residual: [{Residual: [{Conv2d: [13, 3, 1, 1]}]}]
"""


@pytest.mark.parametrize("kind", COMPOSITES)
def test_every_composite_has_a_module_of_its_name_and_of_its_own(kind: str) -> None:
    made = torch_class(kind)
    assert issubclass(made, nn.Module)
    assert made.__module__.startswith(model_of(kind).module)


def test_composites_have_named_children_and_compute_what_they_say() -> None:
    plan = compile(parse(SPEC, "composites.yaml"))
    network = build(plan, "cpu").eval()
    assert [name for name, _ in network.named_parameters() if name.endswith("weight")] == [
        "stem.body.0.weight",
        "stem.shortcut.project.weight",
        "1.1.0.weight",
        "1.2.0.1.weight",
        "2.body.1.weight",
        "3.body.0.body.0.weight",
    ]
    x = torch.randn(2, 4, 8, 8)
    stem, concat, gate, nested = network
    y = stem.body(x) + stem.shortcut(x)
    z = torch.cat([y, concat.get_submodule("1")(y), concat.get_submodule("2")(y)], dim=1)
    g = z * gate.body(z)
    convolution = nested.body[0].body[0]
    torch.testing.assert_close(network(x), g + (g + convolution(g)))


def test_torchvisions_layer_is_built_from_its_own_room() -> None:
    plan = plan_of((4, 6, 6), [{"StochasticDepth": [0.5, "row"]}])
    assert isinstance(module(plan.root)[0], torchvision.ops.StochasticDepth)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
@pytest.mark.filterwarnings("ignore:`torch.jit.trace")
@pytest.mark.parametrize("kind", COMPOSITES)
def test_every_composite_is_scripted_or_a_graph_traced_with_the_same_results(kind: str) -> None:
    # TorchScript cannot compile a loop over modules found by name, which a graph is.
    plan = next(p for shape in SHAPES if isinstance(p := compiled(shape, example(kind)), Plan))
    network = module(plan.root).eval()
    x = torch.rand(2, *plan.input)
    exported = torch.jit.trace(network, x) if kind == "Graph" else torch.jit.script(network)
    assert torch.equal(exported(x), network(x))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_composites_in_composites_are_scripted_too() -> None:
    network = build(compile(parse(SPEC, "composites.yaml")), "cpu").eval()
    x = torch.rand(2, 4, 8, 8)
    assert torch.equal(torch.jit.script(network)(x), network(x))


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 8), (12,), (3, 2, 2, 2)], ids=str)
def test_a_module_that_normalizes_says_what_a_run_does_and_keeps_its_figures_to_itself(
    shape: tuple[int, ...],
) -> None:
    channels = 3 if shape[0] % 3 == 0 else 1
    mean, std = [0.1, 0.2, 0.7][:channels], [0.3, 0.4, 0.5][:channels]
    made = Normalize(mean, std, shape)
    x = torch.rand(2, *shape)
    figures = torch.tensor(mean), torch.tensor(std)
    if len(shape) in (1, 3):
        assert torch.equal(made(x), normalized(x, *figures, flat=len(shape) == 1))
    each = x.view(2, channels, -1)
    wanted = torch.stack([(each[:, i] - mean[i]) / std[i] for i in range(channels)], 1)
    torch.testing.assert_close(made(x), wanted.view(x.shape))
    assert made.state_dict() == {}
