"""Batch norm over the whole batch when processes share it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.autograd import Function
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


def synchronize(model: nn.Module, device: torch.device) -> None:
    """Have every batch norm in `model` use the statistics of all processes, weights unchanged."""
    if device.type == "cuda":
        nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
        return
    for name, child in model.named_children():
        if isinstance(child, _BatchNorm):
            setattr(model, name, SyncBatchNorm.of(child))
        else:
            synchronize(child, device)


class SyncBatchNorm(_BatchNorm):
    """torch.nn.SyncBatchNorm for the CPU, where torch has none."""

    @classmethod
    def of(cls, norm: _BatchNorm) -> SyncBatchNorm:
        made = cls(norm.num_features, norm.eps, norm.momentum, norm.affine, False)
        made.track_running_stats = norm.track_running_stats
        made._parameters, made._buffers = norm._parameters, norm._buffers
        return made.train(norm.training)

    def _check_input_dim(self, input: Tensor) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, *) to itself."""
        if not self.training:
            return super().forward(x)
        mean, var, count = _statistics(x)
        if self.track_running_stats:
            self._remember(mean, var * count / (count - 1))
        y: Tensor = _Normalize.apply(x, self.weight, self.bias, mean, var, count, self.eps)
        return y

    @torch.no_grad()
    def _remember(self, mean: Tensor, var: Tensor) -> None:
        assert self.num_batches_tracked is not None
        assert self.running_mean is not None
        assert self.running_var is not None
        self.num_batches_tracked.add_(1)
        share = self.momentum
        if share is None:
            share = 1 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(var, share)


@torch.no_grad()
def _statistics(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance per channel, and how many values each is of, over all processes.

    In float32, whatever `x` is: bfloat16 holds no count above 256.
    """
    axes, channels, x = _axes(x), x.shape[1], x.float()
    count = x.new_tensor([x.numel() // channels])
    parts = torch.var_mean(x, axes, correction=0) if len(x) else x.new_zeros(2, channels)
    mine = torch.cat((*parts, count))
    rows = [torch.empty_like(mine) for _ in range(distributed.get_world_size())]
    distributed.all_gather(rows, mine)
    var, mean, counts = torch.split(torch.stack(rows), [channels, channels, 1], dim=1)
    count = counts.sum()
    whole = (mean * counts).sum(0) / count
    return whole, ((var + (mean - whole) ** 2) * counts).sum(0) / count, count


class _Normalize(Function):
    """(x - mean) / deviation, where mean and variance are of x in all processes."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        mean: Tensor,
        var: Tensor,
        count: Tensor,
        eps: float,
    ) -> Tensor:
        ctx.save_for_backward(x, weight, mean, (var + eps).rsqrt(), count)
        return functional.batch_norm(x, mean, var, weight, bias, eps=eps)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (grad,) = grads
        x, weight, mean, scale, count = ctx.saved_tensors
        dtype, x, grad = x.dtype, x.float(), grad.float()
        view = (-1, *[1] * (x.dim() - 2))
        normal = (x - mean.view(view)) * scale.view(view)
        own = torch.stack((grad.sum(_axes(x)), (grad * normal).sum(_axes(x))))
        whole = own.clone()
        distributed.all_reduce(whole)
        shift, slope = (part.view(view) for part in whole / count)
        factor = scale if weight is None else scale * weight
        back = (grad - shift - normal * slope) * factor.view(view)
        needs_weight, needs_bias = ctx.needs_input_grad[1:3]
        of_weights = own[1] if needs_weight else None, own[0] if needs_bias else None
        return back.to(dtype), *of_weights, *[None] * 4


def _axes(x: Tensor) -> list[int]:
    return [0, *range(2, x.dim())]
