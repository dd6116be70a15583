"""Layers by their kinds, and lists of them compiled and built."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import pytest
import torch
import yaml

from netspec import compiler, layers, source
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.layers.base import Layer, Leaf, rank_of
from netspec.network.build import module

LEAVES = [kind for kind in layers.KINDS if issubclass(layers.find(kind) or Layer, Leaf)]
COMPOSITES = [kind for kind in layers.KINDS if kind not in LEAVES]
kinds = pytest.mark.parametrize("kind", layers.KINDS)
leaves = pytest.mark.parametrize("kind", LEAVES)


def model_of(kind: str) -> type[Layer]:
    model = layers.find(kind)
    assert model is not None
    return model


def torch_class(kind: str) -> Any:
    return getattr(import_module(model_of(kind).module), kind)


def compiled(shape: tuple[int, ...], entries: list[Any]) -> Plan | list[Diagnostic]:
    text = yaml.safe_dump({"input": list(shape), "layers": entries}, sort_keys=False)
    report = compiler.examine(source.parse(text, "layers.yaml"))
    return report.diagnostics if report.plan is None else report.plan


def plan_of(shape: tuple[int, ...], entries: list[Any]) -> Plan:
    plan = compiled(shape, entries)
    assert isinstance(plan, Plan), (shape, entries, plan)
    return plan


def holds(plan: Plan) -> None:
    """Run the network that torch builds of a plan, and hold shapes and names against it."""
    network = module(plan.root)
    assert tuple(network(torch.rand(2, *plan.input)).shape[1:]) == plan.output
    state = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert state == {
        f"{leaf.name}.{name}": shape
        for leaf in plan.leaves
        for name, shape in (leaf.weights | leaf.buffers).items()
    }


def example(kind: str) -> list[Any]:
    """The example of a class's docstring, for one of its kinds."""
    documented = re.search(r"```yaml\n(.*?)```", inspect.getdoc(model_of(kind)) or "", re.DOTALL)
    assert documented, f"{kind} has no example"
    entries = yaml.safe_load(documented[1])
    base, family = kind.removesuffix(kind[-2:] if rank_of(kind) else ""), model_of(kind).kinds
    assert any(re.search(rf"\b{one}\b", documented[1]) for one in family), f"{base}: another's"
    return list(entries)


def documented(kind: str) -> dict[str, Any]:
    """The example of a class's docstring as an entry of any of its kinds."""
    entry = example(kind)[-1]
    return {kind: next(iter(entry.values())) if isinstance(entry, dict) else {}}


def conv(**more: Any) -> dict[str, Any]:
    return {"Conv2d": {"out_channels": 4, "kernel_size": 3} | more}


def transposed(**more: Any) -> dict[str, Any]:
    return {"ConvTranspose2d": {"out_channels": 4, "kernel_size": 3} | more}


CONV, OVERWRITE = {"Conv2d": [4, 1]}, {"ReLU": True}

SHAPES = [(4, 8, 8), (3, 8, 8), (48,), (4, 8), (4, 8, 8, 8)]
"""Inputs, one of which every example fits."""
