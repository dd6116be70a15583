"""The weights that are judged and kept: those that are trained, or an average of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import (
    AveragedModel,
    get_ema_multi_avg_fn,
    get_swa_avg_fn,
    update_bn,
)

from netspec.training import Part


class Average:
    """An average of a model's weights that knows when it is due; without a part, the model."""

    def __init__(self, part: Part | None, model: nn.Module) -> None:
        self.trained, self._made = model, None
        self._name = part.name if part else ""
        if part and part.name == "EMA":
            self._decay = part.arguments["decay"]
            self._made = AveragedModel(model, multi_avg_fn=self._move, use_buffers=True)
        elif part:
            self._start = part.arguments["start_epoch"]
            mean = get_swa_avg_fn()  # type: ignore[no-untyped-call]
            self._made = AveragedModel(model, avg_fn=mean)

    @property
    def model(self) -> nn.Module:
        """What to judge and to keep."""
        if self._made is None or not self._made.n_averaged:
            return self.trained
        return self._made.module

    def after_batch(self) -> None:
        if self._made and self._name == "EMA":
            self._made.update_parameters(self.trained)

    def after_epoch(self, epoch: int, inputs: Callable[[], Iterable[Tensor]]) -> None:
        """`inputs` yields what the model was trained on, to measure running statistics by."""
        if self._made and self._name == "SWA" and epoch >= self._start:
            self._made.update_parameters(self.trained)
            update_bn(inputs(), self._made.module)

    def _move(self, averages: Any, weights: Any, count: Any) -> None:
        assert self._made is not None
        done = int(self._made.n_averaged)  # on the CPU, as `count` may not be
        decay = min(self._decay, (1 + done) / (10 + done))
        get_ema_multi_avg_fn(decay)(averages, weights, count)  # type: ignore[no-untyped-call]

    def state_dict(self) -> dict[str, Any]:
        return self._made.state_dict() if self._made else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self._made:
            self._made.load_state_dict(state)
