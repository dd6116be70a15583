"""Leaves of netspec's own, for what torch has only as functions.

Axes are those of a sample, counted from 0 without the batch axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def _axis(dim: int, x: Tensor) -> int:
    """The axis of a batch that is axis `dim` of each sample; IndexError where there is none."""
    n = x.dim() - 1
    if not -n <= dim < n:
        raise IndexError(f"samples of {n} axes have no axis {dim}")
    return dim % n + 1


class Slice(nn.Module):
    """Positions of an axis from `start` to before `stop`, as Python slices."""

    def __init__(
        self, dim: int, start: int | None = None, stop: int | None = None, step: int = 1
    ) -> None:
        super().__init__()
        self.dim, self.start, self.stop, self.step = dim, start, stop, step

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to as many axes, in memory of its own."""
        part = slice(self.start, self.stop, self.step)
        y = x[(slice(None),) * _axis(self.dim, x) + (part,)]
        # A view would keep all of x for the backward pass; the order in memory stays.
        return y.clone()

    def extra_repr(self) -> str:
        """The axis, and which positions of it."""
        ends = ["" if end is None else str(end) for end in (self.start, self.stop)]
        return f"dim={self.dim}, {':'.join([*ends, str(self.step)])}"


class Select(nn.Module):
    """One position of an axis, which goes."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim, self.index = dim, index

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to an axis less, in memory of its own."""
        y = x.select(_axis(self.dim, x), self.index)
        return y.clone(memory_format=torch.contiguous_format)

    def extra_repr(self) -> str:
        """The axis, and the position."""
        return f"dim={self.dim}, index={self.index}"


class Mean(nn.Module):
    """Mean over axes, which go unless `keepdim`."""

    def __init__(self, dim: int | Sequence[int], keepdim: bool = False) -> None:
        super().__init__()
        self.dim: Sequence[int] = [dim] if isinstance(dim, int) else list(dim)
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to (N, *)."""
        return torch.mean(x, [_axis(dim, x) for dim in self.dim], keepdim=self.keepdim)

    def extra_repr(self) -> str:
        """The axes, and whether they stay."""
        return f"dim={self.dim}, keepdim={self.keepdim}"


class Permute(nn.Module):
    """The axes of each sample in another order."""

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims: Sequence[int] = list(dims)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to as many axes, in memory of its own."""
        y = x.permute([0, *[dim + 1 for dim in self.dims]])
        # Of a view some layers would make a copy, and others not.
        return y.clone(memory_format=torch.contiguous_format)

    def extra_repr(self) -> str:
        """Which axis comes where."""
        return f"dims={self.dims}"


class Affine(nn.Module):
    """x * scale + shift with constants; a list is along axis `dim`."""

    scale: Tensor
    shift: Tensor

    def __init__(
        self, scale: float | Sequence[float] = 1.0, shift: float | Sequence[float] = 0.0,
        dim: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.dim = dim
        for name, values in ("scale", scale), ("shift", shift):
            constant = torch.tensor(values, dtype=torch.get_default_dtype())
            self.register_buffer(name, constant, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to itself."""
        return x * _along(self.dim, x, self.scale) + _along(self.dim, x, self.shift)

    def extra_repr(self) -> str:
        """The axis of those that are lists."""
        return f"dim={self.dim}"


class Scale(nn.Module):
    """x times a learnt factor for each position along axis `dim`."""

    def __init__(self, num_features: int, init: float = 1.0, dim: int = 0) -> None:
        super().__init__()
        self.dim, self.init = dim, init
        self.weight = nn.Parameter(torch.empty(num_features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin anew."""
        nn.init.constant_(self.weight, self.init)

    def forward(self, x: Tensor) -> Tensor:
        """(N, *) to itself."""
        return x * _along(self.dim, x, self.weight)

    def extra_repr(self) -> str:
        """How many factors, their first value, and the axis."""
        return f"{len(self.weight)}, init={self.init}, dim={self.dim}"


class ChannelPad(nn.Module):
    """Channels of zeros before and behind those that are there."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        if min(before, after) < 0:
            raise ValueError("a Slice takes channels off")
        self.before, self.after = before, after

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, *) to (N, before + C + after, *)."""
        return nn.functional.pad(x, [0, 0] * (x.dim() - 2) + [self.before, self.after])

    def extra_repr(self) -> str:
        """Channels on both sides."""
        return f"before={self.before}, after={self.after}"


def _along(dim: int, x: Tensor, values: Tensor) -> Tensor:
    """Values along axis `dim` of the samples, spread over the others; one value over all."""
    axis = _axis(dim, x)
    if values.dim() == 0:
        return values
    if len(values) != x.shape[axis]:
        raise ValueError(f"{len(values)} values along an axis of {x.shape[axis]}")
    return values.view(-1, *[1] * (x.dim() - 1 - axis))
