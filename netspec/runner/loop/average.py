"""The weights that are judged and kept: those that are trained, or an average of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, update_bn

from netspec.language.training import AverageTraits, Choice


class Average:
    """An average of a model's weights that knows when it is due; without a choice, the model."""

    def __init__(self, choice: Choice[AverageTraits] | None, model: nn.Module) -> None:
        self._trained = model
        self._made = AveragedModel(model) if choice else None
        self._decay: float | None = None
        self._start: int | None = None
        if choice:
            _, arguments, traits = choice
            self._decay = arguments[traits.decay] if traits.decay else None
            self._start = arguments[traits.start] if traits.start else None
        if self._decay is not None and self._made:
            pairs = zip(_floats(self._made.module), _floats(model), strict=True)
            self._averages, self._weights = map(list, zip(*pairs, strict=True))

    @property
    def model(self) -> nn.Module:
        """What to judge and to keep."""
        if self._made is None or not self._made.n_averaged:
            return self._trained
        return self._made.module

    @torch.no_grad()
    def after_batch(self) -> None:
        if self._made and self._decay is not None:
            done = int(self._made.n_averaged)
            kept = min(self._decay, (1 + done) / (10 + done)) if done else 0.0
            # AveragedModel takes 20 times as long to find out which tensors go together.
            torch._foreach_lerp_(self._averages, self._weights, 1 - kept)
            self._made.n_averaged += 1

    def after_epoch(self, epoch: int, inputs: Callable[[], Iterable[Tensor]]) -> None:
        """`inputs` yields what the model was trained on, to measure running statistics by."""
        if self._made and self._start is not None and epoch >= self._start:
            self._made.update_parameters(self._trained)
            update_bn(inputs(), self._made.module)

    def state_dict(self) -> dict[str, Any]:
        return self._made.state_dict() if self._made else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self._made:
            self._made.load_state_dict(state)


def _floats(model: nn.Module) -> list[Tensor]:
    """Weights and running statistics, as they are."""
    return [tensor for tensor in model.state_dict().values() if tensor.is_floating_point()]
