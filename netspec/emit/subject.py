"""What is exported: a network with its weights, and what is known of it."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

import netspec
from netspec.compiler import compile
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import UsageError
from netspec.language.given import Spec
from netspec.layers.base import shape_text
from netspec.network.build import build
from netspec.network.load import BEST, load
from netspec.network.modules import Normalize
from netspec.network.reads import Reads
from netspec.render.words import sizes_text

FIRST = "_normalize"
"""Name of the module that normalizes; no layer of a spec can have it."""


class Subject(NamedTuple):
    plan: Plan
    layers: nn.Sequential
    """On the CPU, in evaluation mode; it reads what is normalized already."""
    seed: int
    """What decided its weights, where no run did."""
    weights: Path | None = None
    """The file that has those of a run."""
    reads: Reads | None = None
    """What that run learnt to read."""
    raw: bool = False
    """Whether what is exported reads what is normalized already, too."""

    @property
    def first(self) -> Normalize | None:
        """What normalizes before the first layer."""
        if self.raw or self.reads is None:
            return None
        return Normalize(self.reads.mean, self.reads.std, self.plan.input)

    @property
    def network(self) -> nn.Sequential:
        """What is exported as one module."""
        first: dict[str, nn.Module] = {FIRST: self.first} if self.first else {}
        return nn.Sequential(OrderedDict(first | dict(self.layers.named_children()))).eval()

    @property
    def state(self) -> str:
        """Where its weights come from."""
        if self.weights:
            return f"trained: {self.weights.name} of a run"
        return f"untrained: torch's initial weights, of seed {self.seed}"

    @property
    def input(self) -> str:
        """What it reads."""
        if self.reads is None:
            return _batch(self.plan.input)
        as_they_come = "numbers as they come" if self.reads.numbers else "floats from 0 to 1"
        what = as_they_come if self.first else "normalized already"
        return f"{_batch(self.plan.input)}, {what}"

    @property
    def output(self) -> str:
        return _batch(self.plan.output)

    def metadata(self) -> dict[str, str]:
        """What travels with the file, as texts; of a run what best.safetensors has as well."""
        about = {
            "version": netspec.__version__,
            "name": self.plan.name,
            "description": self.plan.spec.description or "",
            "weights": self.state,
            "normalizes": json.dumps(self.first is not None),
            "spec": self.plan.source.text,
        }
        told = about | (self.reads.metadata() if self.reads else {})
        # Half of a pair of surrogates is no text to others.
        return {
            key: value.encode(errors="backslashreplace").decode() for key, value in told.items()
        }


def subject(spec: Plan | Spec, raw: bool, seed: int, note: Callable[[str], Any]) -> Subject:
    """The network of a spec, or that of a run: its folder, or its best.safetensors."""
    if isinstance(spec, str | os.PathLike):
        path = Path(spec)
        if path.is_dir() or path.suffix == Path(BEST).suffix:
            plan, network, reads = load(path, "cpu", note)
            file = path / BEST if path.is_dir() else path
            return Subject(plan, network, seed, file, reads, raw)
    if raw:
        raise UsageError("--raw is for runs: a spec has no mean and std", "leave --raw out")
    plan = spec if isinstance(spec, Plan) else compile(spec)
    return Subject(plan, build(plan, "cpu", seed).eval(), seed)


def figures(node: Node) -> str:
    """What a layer gives: its shape, and the receptive field where it has positions."""
    field = [axis.field and axis.field.size for axis in node.output.axes]
    seen = f", field {sizes_text(field)}" if field else ""
    return f"{shape_text(node.output.shape)}{seen}"


def table(plan: Plan) -> list[dict[str, str]]:
    """What is known of each layer by name; lines are those of the spec that travels along."""
    return [{"layer": leaf.name, **facts(plan, leaf)} for leaf in plan.leaves]


def facts(plan: Plan, node: Node) -> dict[str, str]:
    """The same of one layer, or of a composite."""
    field = [axis.field and axis.field.size for axis in node.output.axes]
    return {
        "kind": node.kind,
        "output": _batch(node.output.shape),
        "receptive_field": sizes_text(field),
        "line": str(plan.span(node).line),
    }


def first_line(error: BaseException) -> str:
    """What an exception of torch's says, or of others who take many lines."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _batch(shape: tuple[int, ...]) -> str:
    return shape_text(("N", *shape))  # type: ignore[arg-type]
