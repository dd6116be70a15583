"""What is built is what was planned."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netspec.compiler.walk import compile
from netspec.network.build import build
from netspec.network.device import choose
from netspec.source import parse

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))

COMPOSITES = """
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


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_state_dict_equals_the_plan_in_names_order_and_shapes(path: Path) -> None:
    plan = compile(path)
    planned = {
        f"{leaf.name}.{name}": shape
        for leaf in plan.leaves
        for name, shape in {**leaf.weights, **leaf.buffers}.items()
    }
    network = build(plan, "cpu")
    assert isinstance(network, torch.nn.Sequential)
    built = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert list(built.items()) == list(planned.items())
    assert network(torch.zeros(2, *plan.input)).shape == (2, *plan.output)


def test_composites_have_named_children_and_compute_what_they_say() -> None:
    plan = compile(parse(COMPOSITES, "composites.yaml"))
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


def test_the_seed_alone_decides_the_weights_and_the_global_generator_is_left_alone() -> None:
    plan = compile(SPECS[0])
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, again, other = (build(plan, "cpu", seed).state_dict() for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_auto_builds_on_cuda_where_there_is_a_gpu() -> None:
    assert next(build(SPECS[0]).parameters()).device.type == "cuda"


def test_the_device_is_the_one_asked_for() -> None:
    network = build(SPECS[0], "cpu")
    assert {parameter.device.type for parameter in network.parameters()} == {"cpu"}
    assert choose("auto").type in ("cuda", "mps", "cpu")
