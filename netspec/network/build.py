"""Plan → nn.Sequential."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import nn

from netspec.compiler import compile
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError
from netspec.language.given import Spec
from netspec.layers.base import Leaf
from netspec.network.device import choose


def build(
    spec: Plan | Spec | None = None,
    device: str = "auto",
    seed: int = 0,
    *,
    text: str | None = None,
    vars: Mapping[str, Any] | None = None,
) -> nn.Sequential:
    """The network of a spec with torch's initial weights, which the seed alone decides.

    A spec is a path, a mapping that says the same, or a `text`; `vars` gives other values for
    variables that it has. `device` is auto (CUDA where there is a GPU, else MPS, else the CPU) or
    a name torch knows. Raises SpecError where the spec has errors, UsageError where it cannot be
    read.
    """
    if isinstance(spec, Plan):
        if text is not None or vars:
            raise UsageError("a plan is whole", "give text and vars to netspec.compile")
        plan = spec
    else:
        plan = compile(spec, text=text, vars=vars)
    target = choose(device)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed sets those of GPUs as well
        network = module(plan.root)
    assert isinstance(network, nn.Sequential)
    return network.to(target)


def module(node: Node) -> nn.Module:
    """The module that a node's recipe tells to make."""
    make = _load(node.recipe.target)
    if isinstance(node.layer, Leaf):
        made = make(**node.recipe.arguments)
    else:
        names = (child.name.rpartition(".")[2] for child in node.children)
        children = OrderedDict(zip(names, map(module, node.children), strict=True))
        made = make(children, **node.recipe.arguments)
    assert isinstance(made, nn.Module)
    return made


@cache
def _load(target: str) -> Any:
    home, _, name = target.rpartition(".")
    return getattr(import_module(home), name)
