"""The mixes of a spec, of which every sample gets one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from netspec.diagnostic import Fault
from netspec.language.training import Choice, MixTraits
from netspec.runner.data import mixes
from netspec.runner.together.chance import Chance


class Mixer:
    """Mixes each sample with the one before it in its batch, the first with the last."""

    def __init__(self, choices: Sequence[Choice[MixTraits]], numbers: bool, classes: int) -> None:
        """Fault where one cannot be used for samples that are `numbers`."""
        for index, (name, _, traits) in enumerate(choices):
            if numbers and traits.pixels:
                message = f"{name} is for images, these samples are numbers"
                raise Fault("data-mismatch", message, "MixUp takes both", ("mix", index))
        self._mixes = [partial(getattr(mixes, name), **given) for name, given, _ in choices]
        self._classes = classes

    def __bool__(self) -> bool:
        return bool(self._mixes)

    def __call__(self, x: Tensor, labels: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
        """(N, *) samples and (N, classes) shares, of N + 1 samples and labels.

        The first of them is the one before the part of the batch that `chance` draws for.
        """
        found = [mix(x[1:], x[:-1], chance) for mix in self._mixes]
        mixed, own = found[0]
        if len(found) > 1:
            which = (chance.draw() * len(found)).long()
            for index, (other, share) in enumerate(found[1:], 1):
                mine = which == index
                mixed = torch.where(mine.view(-1, *(1 for _ in x.shape[1:])), other, mixed)
                own = torch.where(mine, share, own)
        every = torch.arange(self._classes, device=labels.device)
        known = (labels[:, None] == every).float()
        return mixed, torch.lerp(known[:-1], known[1:], own.float()[:, None])
