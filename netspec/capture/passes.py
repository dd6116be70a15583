"""The times that a module is run: in evaluation, once more, and in training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from netspec import layers
from netspec.capture.functions import DROPOUTS
from netspec.capture.guard import guarded, kept
from netspec.capture.left_out import first_of
from netspec.capture.nodes import Nodes, Trouble, nodes, reached
from netspec.capture.record import BATCH, record
from netspec.capture.trouble import CaptureError
from netspec.capture.values import Op, Recording, Value
from netspec.capture.verify import Print
from netspec.layers.roles import Dropout

_SEED = 0


class Run(NamedTuple):
    """What a pass did, and what came out of each operation."""

    recording: Recording
    prints: list[Print]


class Passes:
    """A module and its passes, with notes on what was found in them."""

    def __init__(self, module: nn.Module, shape: tuple[int, ...], verify: bool) -> None:
        self.module, self.shape, self.verify = module, shape, verify
        self.notes: list[str] = []
        self.called: set[int] = set()
        """Modules that were called, by identity."""
        first = next(module.parameters(), None)
        self.device = first.device if first is not None else torch.device("cpu")
        floating = first is not None and first.is_floating_point()
        self.dtype = first.dtype if first is not None and floating else torch.float32
        if self.device.type == "meta" and verify:
            size = sum(one.numel() for one in module.parameters())
            message = f"its {size:,} weights are on the meta device, and nothing can be verified"
            help = "make the module on the CPU, or leave that out: --no-verify, verify=False"
            raise CaptureError([Trouble("", "", None, message, help)])

    def sample(self, seed: int, batch: int = BATCH) -> Tensor:
        """A batch of chance, the same for the same seed."""
        made = torch.Generator().manual_seed(_SEED + seed)
        x = torch.randn(batch, *self.shape, generator=made)
        return x.to(device=self.device, dtype=self.dtype)

    def record(self, x: Tensor, what: str) -> Run:
        """What the module does to a batch; CaptureError where it raises anything."""
        prints: list[Print] = []
        watch = None
        if self.verify:

            def watch(_: Op, outs: list[Tensor]) -> None:
                prints.append(Print.of(outs[0]))

        mine = x.clone()
        recording = guarded(lambda: record(self.module, mine, watch), what)
        if self.verify and not torch.equal(mine, x):
            note = "its forward writes over its input, which the spec's network does not"
            if note not in self.notes:
                self.notes.append(note)
        self.called |= recording.called
        return Run(recording, prints)

    def random(self, x: Tensor, run: Run) -> Iterator[Trouble]:
        """Where the same input is answered in two ways, the first operation that is."""
        again = self.record(x, "its second forward")
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

    def network(self, recording: Recording) -> tuple[Nodes, dict[int, int]]:
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
            self.notes.append(f"left out, as only training does it: {first_of(parts)}")
        if others:
            self.notes.append(f"training does without {first_of(others)}")
        return found, index

    def _trained(self) -> Recording | None:
        """What it does in training; None where that has other outputs."""
        with kept(self.module), torch.random.fork_rng(devices=[]):
            self.module.train()
            torch.manual_seed(_SEED)
            mine = self.sample(0)
            recording: Recording = guarded(
                lambda: record(self.module, mine), "its forward in training"
            )
        out = recording.output
        self.called |= recording.called
        if isinstance(out, Value) and out.op is not None:
            return recording
        number = len(out) if isinstance(out, list | dict) else 0
        self.notes.append(
            f"in training its forward gives {number} outputs: the spec is its evaluation"
        )
        return None


def _key(op: Op) -> tuple[Any, ...]:
    return op.path, op.name, op.place


def _drops(op: Op) -> bool:
    """Whether an operation zeroes at random, and does nothing in evaluation."""
    if op.module is None:
        return op.name in DROPOUTS
    model = layers.find(op.name)
    return model is not None and isinstance(model.role, Dropout)
