"""Whether what a file says is what the network says."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from netspec.diagnostic import NetspecError
from netspec.emit.subject import Subject

Run = Callable[[Tensor], Tensor]
SEEN = 1e-3
"""Share by which outputs have to differ among samples: else another network could say the same."""
_BATCHES = [1, 3]
"""Sizes at which it is compared; the network is traced with another one."""
_SCALES = (1.0, 1e3, 1e6, 1e9)
KEPT = "nothing is written; other formats write it in other ways"


class Differs(NetspecError):
    """What was written is not what the network says."""

    exit_code = 1


class Held(NamedTuple):
    difference: float
    """Largest share of the largest output by which one differs from the network's."""
    seen: bool
    """Whether outputs depend on the input enough for that to say something."""


@torch.no_grad()
def held(read: Run, told: Subject, rounding: float) -> Held:
    """How far what was read is from the network; Differs where that is no rounding."""
    if isinstance(read, nn.Module) and read.state_dict().keys() != told.layers.state_dict().keys():
        raise Differs("the file has other names of weights than the network", KEPT)
    network = told.network
    chance = torch.Generator().manual_seed(0)
    shape = (sum(_BATCHES), *told.plan.input)
    x = (torch.rand if told.first else torch.randn)(shape, generator=chance)
    # Untrained weights can make a signal so small that a bias hides it.
    for scale in _SCALES[: 1 if told.first else None]:
        given = torch.split(scale * x, _BATCHES)
        parts = [network(part) for part in given]
        wanted = torch.cat(parts)
        seen = _share(wanted - wanted.mean(0), wanted) >= SEEN
        if seen:
            break
    found = [read(part) for part in given]
    for got, answer in zip(found, parts, strict=True):
        if got.shape != answer.shape:
            message = f"the file gives {tuple(got.shape)}, the network {tuple(answer.shape)}"
            raise Differs(message, KEPT)
    difference = _share(torch.cat(found) - wanted, wanted)
    if not difference <= rounding:
        message = (
            f"outputs of the file differ from the network's by {difference:.2g} of the largest"
        )
        raise Differs(message, f"at most {rounding:g} is rounding; {KEPT}")
    return Held(difference, seen)


def lively(told: Subject) -> Subject:
    """The same with statistics in its batch norms as of a batch, which keep a signal as it is."""
    twin = deepcopy(told.layers).train()
    for module in twin.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = 1.0
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        twin(torch.randn(8, *told.plan.input))
    return told._replace(layers=twin.eval())


def _share(part: Tensor, whole: Tensor) -> float:
    """The largest number of a part, as a share of that of the whole."""
    largest = float(whole.abs().max())
    off = float(part.abs().max())
    return off / largest if largest else off
