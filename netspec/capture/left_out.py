"""What of a module is not in its network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import nn

from netspec.capture.layers import kind_of
from netspec.capture.nodes import Nodes

SHOWN = 4


def left_out(module: nn.Module, found: Nodes, called: set[int]) -> Iterator[str]:
    """What to know of parameters and layers that a network does without."""
    used = {
        id(weight.tensor) for node in found.nodes if node.leaf
        for weight in node.leaf.weights.values()
    }  # fmt: skip
    idle = [(name, one) for name, one in module.named_parameters() if id(one) not in used]
    if idle:
        number = sum(one.numel() for _, one in idle)
        yield (
            f"{number:,} of its parameters are not reached, and not in the spec: "
            f"{first_of([name for name, _ in idle])}"
        )
    weighty = {name.rpartition(".")[0] for name, _ in idle}
    never = [
        name for name, one in module.named_modules()
        if kind_of(one) and id(one) not in called and name not in weighty
        and used.isdisjoint(map(id, one.state_dict(keep_vars=True).values()))
    ]  # fmt: skip
    if never:
        yield (f"never called, and not in the spec: {first_of(never)}")
    strange = [
        weight for node in found.nodes if node.leaf
        for weight in node.leaf.weights.values() if weight.name is None
    ]  # fmt: skip
    if strange:
        yield (
            f"{len(strange)} of the weights it computes with are not registered, so its "
            "state_dict and optimizers do without them: keep layers in nn.ModuleList"
        )


def first_of(words: Sequence[str]) -> str:
    """The first of several, and how many more there are."""
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
