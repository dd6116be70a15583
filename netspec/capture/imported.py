"""A module → a spec that computes the same."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from netspec import layers
from netspec.capture.entries import Entry, entries, settled
from netspec.capture.fold import Block, fold, repeated
from netspec.capture.functions import DROPOUTS
from netspec.capture.layers import kind_of
from netspec.capture.nodes import DROPS, Node, Nodes, Trouble, nodes, reached
from netspec.capture.record import (
    BATCH,
    PACKAGES,
    Op,
    Recording,
    TooMuch,
    Value,
    record,
)  # fmt: skip
from netspec.capture.tree import Tree
from netspec.capture.trouble import CaptureError
from netspec.capture.verify import TOLERANCE, Print, compare, difference, load, mapped, place_of
from netspec.capture.write import text
from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import SpecError, UsageError, short
from netspec.layers.roles import Dropout
from netspec.network.build import build
from netspec.source import Source, parse

_SEED = 0
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
    Raises CaptureError, a NetspecError with `troubles`, where no spec says the same.
    """
    return imported(module, input, name=name, verify=verify).source


def imported(
    module: nn.Module, input: Sequence[int], *, name: str | None = None,
    description: str | None = None, verify: bool = True,
) -> Imported:  # fmt: skip
    """The spec of a module, with notes and the names of weights."""
    shape = _shape(input)
    _one_input(module)
    with _kept(module):
        return _Import(module, shape, verify).run(name, description)


class _Run(NamedTuple):
    recording: Recording
    prints: list[Print]


class _Import:
    def __init__(self, module: nn.Module, shape: tuple[int, ...], verify: bool) -> None:
        self.module, self.shape, self.verify = module, shape, verify
        self.notes: list[str] = []
        first = next(module.parameters(), None)
        self.device = first.device if first is not None else torch.device("cpu")
        floating = first is not None and first.is_floating_point()
        self.dtype = first.dtype if first is not None and floating else torch.float32
        if self.device.type == "meta" and verify:
            size = sum(one.numel() for one in module.parameters())
            message = f"its {size:,} weights are on the meta device, and nothing can be verified"
            help = "make the module on the CPU, or leave that out: --no-verify, verify=False"
            raise CaptureError([Trouble("", "", None, message, help)])

    def run(self, name: str | None, description: str | None) -> Imported:
        """The spec; CaptureError where there is none."""
        called = name or type(self.module).__name__
        called = re.sub(r"[^A-Za-z0-9._-]+", "-", called).strip("-._")[:100] or "network"
        self.module.eval()
        x = self._sample(0)
        run = self._record(x, "its forward")
        self._one_output(run.recording)
        found, pairs = self._network(run.recording)
        troubles = found.troubles
        if self.verify and not any(one.message.startswith(DROPS) for one in troubles):
            troubles = [*troubles, *self._random(x, run)]
        if troubles:
            raise CaptureError(_merged(troubles))
        self._left_out(found, run.recording)
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

    def _sample(self, seed: int, batch: int = BATCH) -> Tensor:
        made = torch.Generator().manual_seed(_SEED + seed)
        x = torch.randn(batch, *self.shape, generator=made)
        return x.to(device=self.device, dtype=self.dtype)

    def _record(self, x: Tensor, what: str) -> _Run:
        prints: list[Print] = []
        watch = None
        if self.verify:

            def watch(_: Op, outs: list[Tensor]) -> None:
                prints.append(Print.of(outs[0]))

        mine = x.clone()
        recording = _guarded(lambda: record(self.module, mine, watch), what)
        if self.verify and not torch.equal(mine, x):
            note = "its forward writes over its input, which the spec's network does not"
            if note not in self.notes:
                self.notes.append(note)
        return _Run(recording, prints)

    def _one_output(self, recording: Recording) -> None:
        """Refuse what gives anything but one tensor that depends on the input."""
        out = recording.output
        if isinstance(out, Value) and out.op is not None:
            return
        if isinstance(out, Value):
            message = "its output is its input"
        elif isinstance(out, list | dict):
            number = len(out)
            what = "a dictionary" if isinstance(out, dict) else "a tuple or list"
            message = f"its forward gives {what} of {number}, and a spec has one output"
        else:
            message = "its output does not depend on its input by operations that torch records"
        help = "wrap it in a module whose forward returns the tensor that counts"
        raise CaptureError([Trouble("", "", None, message, help)])

    def _random(self, x: Tensor, run: _Run) -> Iterator[Trouble]:
        """Where the same input is answered in two ways, the first operation that is."""
        again = self._record(x, "its second forward")
        ops, others = run.recording.ops, again.recording.ops
        for op, other, a, b in zip(ops, others, run.prints, again.prints, strict=False):
            if op.name != other.name or a.differs(b) > 0:
                message = "two passes of the same input differ from here on"
                help = "what is random belongs in training alone: F.dropout(x, p, self.training)"
                yield Trouble(op.path, op.name, op.place, message, help)
                return
        if len(ops) != len(others):
            message = f"two passes of the same input do {len(ops)} and {len(others)} operations"
            yield Trouble("", "", None, message)

    def _network(self, recording: Recording) -> tuple[Nodes, dict[int, int]]:
        """The network, with what only training does where that is dropout.

        And for each operation of it the index of the one that evaluation did.
        """
        found = nodes(recording)
        index = {id(op): i for i, op in enumerate(recording.ops)}
        try:
            trained = self._trained()
        except CaptureError as error:
            self.notes.append(f"not compared with training: {error}")
            return found, index
        if trained is None:
            return found, index
        here, there = reached(recording), reached(trained)
        extra = [op for op in there if _key(op) not in {_key(one) for one in here}]
        less = [op for op in here if _key(op) not in {_key(one) for one in there}]
        if not extra and not less:
            return found, index
        if not less and all(_drops(op) for op in extra) and len(here) + len(extra) == len(there):
            left = iter(here)
            pairs = {id(op): index[id(next(left))] for op in there if op not in extra}
            return nodes(trained, training=True), pairs
        parts = [f"{op.path or type(self.module).__name__} ({op.name}, {op.place})" for op in extra]
        others = [f"{op.path or type(self.module).__name__} ({op.name}, {op.place})" for op in less]
        if parts:
            self.notes.append(f"left out, as only training does it: {_first(parts)}")
        if others:
            self.notes.append(f"training does without {_first(others)}")
        return found, index

    def _trained(self) -> Recording | None:
        """What it does in training; None where that has other outputs."""
        with _kept(self.module), torch.random.fork_rng(devices=[]):
            self.module.train()
            torch.manual_seed(_SEED)
            mine = self._sample(0)
            recording: Recording = _guarded(
                lambda: record(self.module, mine), "its forward in training"
            )
        out = recording.output
        self.trained_calls = recording.called
        if isinstance(out, Value) and out.op is not None:
            return recording
        number = len(out) if isinstance(out, list | dict) else 0
        self.notes.append(
            f"in training its forward gives {number} outputs: the spec is its evaluation"
        )
        return None

    def _left_out(self, found: Nodes, recording: Recording) -> None:
        """Note the parameters and layers that the network does without."""
        used = {
            id(weight.tensor) for node in found.nodes if node.leaf
            for weight in node.leaf.weights.values()
        }  # fmt: skip
        idle = [(name, one) for name, one in self.module.named_parameters() if id(one) not in used]
        if idle:
            number = sum(one.numel() for _, one in idle)
            self.notes.append(
                f"{number:,} of its parameters are not reached, and not in the spec: "
                f"{_first([name for name, _ in idle])}"
            )
        called = recording.called | getattr(self, "trained_calls", set())
        weighty = {name.rpartition(".")[0] for name, _ in idle}
        never = [
            name for name, one in self.module.named_modules()
            if kind_of(one) and id(one) not in called and name not in weighty
        ]  # fmt: skip
        if never:
            self.notes.append(f"never called, and not in the spec: {_first(never)}")
        strange = [
            weight for node in found.nodes if node.leaf
            for weight in node.leaf.weights.values() if weight.name is None
        ]  # fmt: skip
        if strange:
            self.notes.append(
                f"{len(strange)} of the weights it computes with are not registered, so its "
                "state_dict and optimizers do without them: keep layers in nn.ModuleList"
            )

    def _verify(
        self, plan: Plan, leaves: list[Node], tensors: dict[str, Tensor], x: Tensor, run: _Run,
        pairs: dict[int, int],
    ) -> None:  # fmt: skip
        network = build(plan, device="cpu").to(device=self.device, dtype=self.dtype).eval()
        load(network, tensors)
        prints = {op: run.prints[i] for op, i in pairs.items()}
        with torch.no_grad():
            compare(plan, network, leaves, x, prints, run.recording.result)
            for seed, batch in ((1, 2), (2, 1), (3, BATCH)):
                other = self._sample(seed, batch) * (1 if seed < 3 else 3)
                expected = _guarded(lambda x=other: self.module(x.clone()), "its forward")
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


def _guarded(run: Any, what: str) -> Any:
    """What `run` gives; CaptureError with the line of code where it raises anything."""
    try:
        # What a stranger's code is warned of is not about the spec.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run()
    except TooMuch:
        message = f"{what} does more operations than a spec can have layers"
        raise CaptureError([Trouble("", "", None, message)]) from None
    except (KeyboardInterrupt, CaptureError):
        raise
    except BaseException as error:
        place = place_of(error, PACKAGES)
        said = short(" ".join(str(error).split()), 200)
        message = f"{what} raises {type(error).__name__}: {said}"
        help = f"it was given {BATCH} samples: is --input the shape of one, and does it need a GPU?"
        raise CaptureError([Trouble("", "", place, message, help)]) from None


def _one_input(module: nn.Module) -> None:
    """Refuse a forward that needs more than one input."""
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return
    needed = [
        one.name for one in parameters
        if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    if len(needed) > 1:
        message = f"its forward takes {len(needed)} inputs ({', '.join(needed)}), and a spec one"
        raise CaptureError([Trouble("", "", None, message, "wrap it in a module that takes one")])


def _shape(input: Sequence[int]) -> tuple[int, ...]:
    shape = tuple(input)
    if not 1 <= len(shape) <= 4 or any(type(n) is not int or n < 1 for n in shape):
        message = f"input {list(shape)} is no shape of one sample"
        raise UsageError(message, "(1, 28, 28) is an image of one channel; no batch axis")
    return shape


@contextmanager
def _kept(module: nn.Module) -> Iterator[None]:
    """Leave a module as it was: its mode, its buffers and where they are."""
    modes = {one: one.training for one in module.modules()}
    buffers = {name: one.clone() for name, one in module.named_buffers()}
    try:
        yield
    finally:
        for one, training in modes.items():
            one.training = training
        with torch.no_grad():
            for name, buffer in module.named_buffers():
                if name in buffers and buffers[name].shape == buffer.shape and not buffer.is_meta:
                    buffer.copy_(buffers[name])


def _key(op: Op) -> tuple[Any, ...]:
    return op.path, op.name, op.place


def _drops(op: Op) -> bool:
    """Whether an operation zeroes at random, and does nothing in evaluation."""
    if op.module is None:
        return op.name in DROPOUTS
    model = layers.find(op.name)
    return model is not None and isinstance(model.role, Dropout)


def _first(words: Sequence[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more


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
