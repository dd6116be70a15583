"""What budgets are about."""

from collections.abc import Callable
from typing import NamedTuple

from netspec.compiler.local import Local
from netspec.compiler.node import Node
from netspec.compiler.plan import BYTES, Plan
from netspec.flow.flow import Shape
from netspec.rules._words import called


class Measure(NamedTuple):
    """A figure of a network that counts over all its layers."""

    noun: str
    total: Callable[[Plan], int]
    part: Callable[[Node], int] | None = None

    def words(self, count: int) -> str:
        """So much of it, in words."""
        return f"{count:,} {self.noun if count != 1 else self.noun.replace('s', '', 1)}"

    def largest(self, plan: Plan) -> str | None:
        """The layer with the most of it, in words; None where that says nothing."""
        if self.part is None or not plan.leaves:
            return None
        leaf = max(plan.leaves, key=self.part)
        return f"{called(leaf)} has the most, {self.part(leaf):,}"


MEASURES = {
    "params": Measure("parameters", lambda plan: plan.totals.params, lambda leaf: leaf.params),
    "macs": Measure("MACs a sample", lambda plan: plan.totals.macs, lambda leaf: leaf.macs),
    "activation_bytes": Measure(
        "bytes of outputs a sample",
        lambda plan: plan.totals.activation_bytes,
        lambda leaf: BYTES * leaf.output.numel,
    ),
    "training_bytes": Measure(
        "bytes kept for the backward pass of a sample", lambda plan: plan.totals.training_bytes
    ),
    "layers": Measure("layers", lambda plan: len(plan.leaves)),
}


def fields(local: Local | None, shape: Shape) -> list[tuple[int, int, bool]]:
    """The receptive field of a network per axis, the axis' length, whether it is exact.

    `local` is the last place whose units differ, `shape` that of the input.

    Where units read stretches of several sizes it is the longest that any unit sees.
    """
    if local is None:
        return []
    exact = (axis.field is not None for axis in local.axes)
    return list(zip(local.longest, shape[1:], exact, strict=True))
