"""What a stretch of layers adds to the figures of a network, and stretches put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netspec.compiler import memory
from netspec.compiler.local import Local, last_local, longest, sizes
from netspec.compiler.node import Node
from netspec.diagnostic import Diagnostic
from netspec.flow.axis import Axis
from netspec.flow.flow import Flow


class Seen(NamedTuple):
    """What units of the last place that is local see, for each axis."""

    sizes: tuple[int | None, ...] = ()
    longest: tuple[int, ...] = ()


NOTHING = Seen()


def seen(axes: Sequence[Axis]) -> Seen:
    """What units with these axes see."""
    return Seen(tuple(sizes(axes)), tuple(longest(axes)))


class Part(NamedTuple):
    """A stretch of layers on a flow of one kind.

    Bytes that autograd keeps are told apart by the memory they are in, since a tensor that two
    stretches keep counts once: what comes in, what goes out, and the rest.
    """

    y: Flow
    """The flow after it, or one like it."""
    flow: int
    """A number that flows which are alike have."""
    params: int = 0
    macs: int = 0
    numel: int = 0
    """Elements of every leaf's output."""
    kept: int = 0
    kept_in: int = 0
    kept_out: int = 0
    passes: bool = True
    """Whether what goes out is in the memory of what comes in."""
    layers: int = 0
    steps: int = 0
    """Work that it takes to analyse."""
    entries: int = 0
    seen: Seen = NOTHING
    """What units see at its last place that is local."""
    names: tuple[str, ...] = ()
    """What submodules around it are called."""


class Refused(Exception):
    """A candidate has an error; `found` is the first one."""

    def __init__(self, found: Diagnostic) -> None:
        super().__init__(found.message)
        self.found = found


class Odd(Exception):
    """A candidate that only the compiler as a whole can judge."""


def of_nodes(
    nodes: Sequence[Node], x: Flow, y: Flow, flow: int, steps: int, names: tuple[str, ...]
) -> Part:
    """The part that one entry has become."""
    params = macs = numel = kept = layers = 0
    held: dict[object, int] = {}
    local: Local | None = None
    for node in nodes:
        for leaf in node.leaves():
            params += leaf.params
            macs += leaf.macs
            numel += leaf.output.numel
            layers += 1
        apart, tensors = memory.by_tensor(node)
        kept += sum(apart)
        held |= tensors
        local = last_local(node) or local
    passes = y.tensor.storage is x.tensor.storage
    kept_in = held.pop(x.tensor.storage, 0)
    kept_out = held.pop(y.tensor.storage, 0)
    return Part(
        y, flow, params, macs, numel, kept + sum(held.values()), kept_in, kept_out, passes,
        layers, steps, 1, seen(local.axes) if local else NOTHING, names,
    )  # fmt: skip


class Chain:
    """Parts one after the other."""

    def __init__(self) -> None:
        self.params = self.macs = self.numel = self.layers = self.steps = self.entries = 0
        self.kept = self.kept_in = self.kept_out = 0
        self.passes = True
        self.seen = NOTHING
        self.names: tuple[str, ...] = ()

    def add(self, part: Part) -> None:
        """Put a part behind those there are; Odd where it has a name that one of them has."""
        (_, _, params, macs, numel, kept, kept_in, kept_out, passes, layers, steps, entries,
         seen, names) = part  # fmt: skip
        self.params += params
        self.macs += macs
        self.numel += numel
        self.layers += layers
        self.steps += steps
        self.entries += entries
        self.kept += kept
        if self.passes:
            if kept_in:
                self.kept_in = kept_in
            if not passes:
                self.passes = False
                self.kept_out = kept_out
        elif passes:
            if kept_in:
                self.kept_out = kept_in
        else:
            self.kept += kept_in or self.kept_out
            self.kept_out = kept_out
        if seen is not NOTHING:
            self.seen = seen
        if names:
            if not {*names}.isdisjoint(self.names):
                raise Odd
            self.names += names

    @property
    def bytes(self) -> int:
        """All that autograd keeps of it."""
        return self.kept + self.kept_in + self.kept_out

    def seen_after(self, y: Flow) -> Seen:
        """What units see at its last place that is local, which may be where it begins."""
        if self.seen is NOTHING and y.local:
            return seen(y.axes)
        return self.seen

    def part(self, y: Flow, flow: int, names: tuple[str, ...]) -> Part:
        """All of it as one part."""
        return Part(
            y, flow, self.params, self.macs, self.numel, self.kept, self.kept_in, self.kept_out,
            self.passes, self.layers, self.steps, self.entries, self.seen, names,
        )  # fmt: skip
