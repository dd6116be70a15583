"""A module → a spec that computes the same."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from netspec.capture.entries import Entry, entries, settled
from netspec.capture.fold import Block, fold, repeated
from netspec.capture.guard import guarded, kept, one_input, one_output, sample_shape
from netspec.capture.left_out import left_out
from netspec.capture.nodes import Node, Nodes, Trouble
from netspec.capture.passes import Passes, Run
from netspec.capture.record import BATCH
from netspec.capture.steps import DROPS
from netspec.capture.tree import Tree
from netspec.capture.trouble import CaptureError
from netspec.capture.values import Recording
from netspec.capture.verify import TOLERANCE, compare, difference, load, mapped
from netspec.capture.write import text
from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import SpecError, short
from netspec.network.build import build
from netspec.source import Source, parse

_SHOWN = 4


class Imported(NamedTuple):
    """A spec, and what was found on the way to it."""

    source: Source
    plan: Plan
    notes: list[str]
    """What a person has to know."""
    names: dict[str, str]
    """What each weight is called now, by what the module calls it."""
    tensors: dict[str, Tensor]
    """The weights by their new names."""


def from_module(
    module: nn.Module, input: Sequence[int], *, name: str | None = None, verify: bool = True
) -> Source:
    """The spec of a module, which `check`, `compile` and `build` take.

    `input` is the shape of one sample. The module is run a few times, in evaluation and in
    training, and is left as it was. What the spec builds is held against it, unless told not to.
    Warns of what the spec leaves out. Raises CaptureError, a NetspecError with `troubles`, where no
    spec says the same.
    """
    found = imported(module, input, name=name, verify=verify)
    for note in found.notes:
        warnings.warn(note, stacklevel=2)
    return found.source


def imported(
    module: nn.Module, input: Sequence[int], *, name: str | None = None,
    description: str | None = None, verify: bool = True,
) -> Imported:  # fmt: skip
    """The spec of a module, with notes and the names of weights."""
    shape = sample_shape(input)
    module = getattr(module, "_orig_mod", module)  # of torch.compile
    one_input(module)
    with kept(module):
        return _Import(module, shape, verify).run(name, description)


class _Import:
    def __init__(self, module: nn.Module, shape: tuple[int, ...], verify: bool) -> None:
        self.module, self.shape, self.verify = module, shape, verify
        self.passes = Passes(module, shape, verify)
        self.notes = self.passes.notes

    def run(self, name: str | None, description: str | None) -> Imported:
        """The spec; CaptureError where there is none."""
        called = name or type(self.module).__name__
        called = re.sub(r"[^A-Za-z0-9._-]+", "-", called).strip("-._")[:100] or "network"
        self.module.eval()
        x = self.passes.sample(0)
        run = self.passes.record(x, "its forward")
        one_output(run.recording)
        found, pairs = self.passes.network(run.recording)
        troubles = found.troubles
        if self.verify and not any(one.message.startswith(DROPS) for one in troubles):
            troubles = [*troubles, *self.passes.random(x, run)]
        if troubles:
            raise CaptureError(_merged(troubles))
        self.notes += left_out(self.module, found, self.passes.called)
        body, blocks, leaves = _entries(found, run.recording)
        about = description or f"imported from {type(self.module).__qualname__}"
        written = text(called, about, self.shape, body, blocks)
        source, plan = _compiled(written, f"{called}.yaml")
        names, tensors = mapped(plan, leaves)
        if self.verify:
            self._verify(plan, leaves, tensors, x, run, pairs)
        for decision in run.recording.decisions[:_SHOWN]:
            self.notes.append(
                f"{decision.place} asks for a number of the run, {short(str(decision.answer))}: "
                "recorded is what follows from that one"
            )
        return Imported(source, plan, self.notes, names, tensors)

    def _verify(
        self, plan: Plan, leaves: list[Node], tensors: dict[str, Tensor], x: Tensor, run: Run,
        pairs: dict[int, int],
    ) -> None:  # fmt: skip
        network = (
            build(plan, device="cpu").to(device=self.passes.device, dtype=self.passes.dtype).eval()
        )
        load(network, tensors)
        prints = {op: run.prints[i] for op, i in pairs.items()}
        with torch.no_grad():
            compare(plan, network, leaves, x, prints, run.recording.result)
            for seed, batch in ((1, 2), (2, 1), (3, BATCH)):
                other = self.passes.sample(seed, batch) * (1 if seed < 3 else 3)
                expected = guarded(lambda x=other: self.module(x.clone()), "its forward")
                gap = difference(expected, network(other))
                if gap > TOLERANCE:
                    raise CaptureError([self._elsewhere(gap, batch, run.recording)])
        reached = sum(
            one.numel() for name, one in tensors.items() if name in dict(network.named_parameters())
        )
        if reached != plan.totals.params:
            message = f"the run reached {reached:,} parameters, the spec has {plan.totals.params:,}"
            raise CaptureError([Trouble("", "", None, message)])

    def _elsewhere(self, gap: float, batch: int, recording: Recording) -> Trouble:
        by = "in shape" if gap == float("inf") else f"by {gap:.1e} of the largest number"
        message = f"on another input, a batch of {batch}, the spec's output differs {by}"
        if recording.decisions:
            place = recording.decisions[0].place
            help = "what it does hangs on the numbers that come in here; a spec is one way through"
            return Trouble("", "", place, message, help)
        return Trouble("", "", None, message, "it does not treat every batch alike")


def _entries(
    found: Nodes, recording: Recording
) -> tuple[list[Entry], dict[str, Block], list[Node]]:
    """Entries of a spec, its blocks, and its layers in the order of the spec."""
    items = Tree(found.input, found.nodes).items(found.output, found.nodes)
    body = entries(items, recording.classes)
    leaves = [leaf.node for one in body for leaf in one.leaves() if leaf.node]
    blocks = {
        name: Block(block.args, repeated(settled(block.body))) for name, block in fold(body).items()
    }
    return repeated(settled(body)), blocks, leaves


def _compiled(written: str, path: str) -> tuple[Source, Plan]:
    """The spec, checked; CaptureError where it has errors."""
    source = parse(written, path)
    try:
        return source, compile(source)
    except SpecError as error:
        troubles = [
            Trouble(
                one.layer or "", "",
                None, f"the spec it would be has an error: {one.message}", one.help,
            )
            for one in error.diagnostics
        ]  # fmt: skip
        raise CaptureError(troubles) from None


def _merged(troubles: Sequence[Trouble]) -> list[Trouble]:
    """Troubles, those of the same line and the same words once."""
    found: dict[Any, tuple[Trouble, int]] = {}
    for one in troubles:
        key = one.place, one.operation, one.message
        first, number = found.get(key, (one, 0))
        found[key] = first, number + 1
    return [
        one if n == 1 else one._replace(message=f"{one.message} ({n} times)")
        for one, n in found.values()
    ]
