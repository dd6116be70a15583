"""What autograd keeps of a module for the backward pass.

As a program it says what a layer must tell in `saves`:

    python tests/saved.py 'nn.SiLU()' 8,4,4
"""

from __future__ import annotations

import sys

import torch
import torchvision
from torch import Tensor, nn

from netspec.compiler import memory
from netspec.compiler.plan import Plan
from netspec.network import leaves
from netspec.network.build import module


def saved(network: nn.Module, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    """What comes out, and each tensor kept for the way back, weights and buffers left out.

    Two tensors in one piece of memory, such as a tensor and a view of it, count as one.
    """
    own = {t.untyped_storage().data_ptr() for t in [*network.parameters(), *network.buffers()]}
    seen: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        seen.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = network(x)
    return y, [tensor for place, tensor in seen.items() if place not in own]


def saved_bytes(plan: Plan, batch: int) -> int:
    """Bytes of what torch keeps of a whole network in training."""
    _, kept = saved(module(plan.root).train(), torch.rand(batch, *plan.input))
    return sum(tensor.untyped_storage().nbytes() for tensor in kept)


def assert_kept(plan: Plan) -> None:
    """Hold what a plan says of the memory of training against torch."""
    kept = memory.kept(plan.root)
    assert plan.totals.training_bytes == kept.sample + kept.batch
    for batch in (2, 3):
        assert saved_bytes(plan, batch) == batch * kept.sample + kept.batch


def describe(make: str, shape: tuple[int, ...]) -> list[str]:
    """What `saves` has to say of a module, by whether its input needs a gradient."""
    lines = []
    for grad, input in (True, "an input that needs a gradient"), (False, "one that needs none"):
        two, three = (_kept(make, shape, batch, grad) for batch in (2, 3))
        if two is None or three is None:
            continue
        (held, small), (_, large) = two, three
        counts = {"sample": large - small, "batch": 3 * small - 2 * large}
        told = [f"{name}=True" for name in held]
        told += [f"{name}={count}" for name, count in counts.items() if count]
        lines.append(f"{input}: Saved({', '.join(told)})")
    return lines


def _kept(
    make: str, shape: tuple[int, ...], batch: int, grad: bool
) -> tuple[list[str], int] | None:
    """Which of input and output are kept, and bytes of all else; None without a way back."""
    # The module is one of torch's, as whoever runs this program writes it.
    network: nn.Module = eval(
        make, {"nn": nn, "torch": torch, "torchvision": torchvision, "leaves": leaves}
    )
    # What is done in place may not be done to a leaf of the graph.
    x = torch.rand(batch, *shape, requires_grad=grad) * 1
    y, kept = saved(network.train(), x)
    if not y.requires_grad:
        return None
    ends = {"output": y.untyped_storage().data_ptr(), "input": x.untyped_storage().data_ptr()}
    if ends["input"] == ends["output"]:
        del ends["input"]
    held = {tensor.untyped_storage().data_ptr(): tensor for tensor in kept}
    rest = [tensor for place, tensor in held.items() if place not in ends.values()]
    names = [name for name, place in ends.items() if place in held]
    return names, sum(tensor.untyped_storage().nbytes() for tensor in rest)


if __name__ == "__main__":
    written, lengths = sys.argv[1:]
    print("\n".join(describe(written, tuple(map(int, lengths.split(","))))))
