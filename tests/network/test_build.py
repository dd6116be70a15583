"""What is built is what was planned."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netspec.compiler import compile
from netspec.network.build import build
from netspec.network.device import choose

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))


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


def test_the_seed_alone_decides_the_weights_and_the_global_generator_is_left_alone() -> None:
    plan = compile(SPECS[0])
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, again, other = (build(plan, "cpu", seed).state_dict() for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_the_generators_of_gpus_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seeded: list[int] = []
    monkeypatch.setattr("torch.cuda.manual_seed_all", seeded.append)
    build(SPECS[0], "cpu", seed=3)
    assert seeded == []
    torch.manual_seed(0)
    assert seeded == [0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_auto_builds_on_cuda_where_there_is_a_gpu() -> None:
    assert next(build(SPECS[0]).parameters()).device.type == "cuda"


def test_the_device_is_the_one_asked_for() -> None:
    network = build(SPECS[0], "cpu")
    assert {parameter.device.type for parameter in network.parameters()} == {"cpu"}
    assert choose("auto").type in ("cuda", "mps", "cpu")
