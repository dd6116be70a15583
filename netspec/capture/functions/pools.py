"""Pools, means, interpolation and padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netspec.capture.functions.table import entry, leaf
from netspec.capture.step import Leaf, NoLayer, Step
from netspec.capture.values import Op, Value


def _max_pool(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0,
        dilation: Any = 1, ceil_mode: bool = False, return_indices: bool = False,
    ) -> Step:  # fmt: skip
        if return_indices:
            raise NoLayer("gives indices beside the maxima", "a layer of a spec gives one tensor")
        given = {
            "kernel_size": kernel_size, "stride": _stride(stride, kernel_size), "padding": padding,
            "dilation": dilation, "ceil_mode": ceil_mode,
        }  # fmt: skip
        return leaf(f"MaxPool{rank}d", given)

    return make


def _avg_pool(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0,
        ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Any = None,
    ) -> Step:  # fmt: skip
        given = {
            "kernel_size": kernel_size, "stride": _stride(stride, kernel_size), "padding": padding,
            "ceil_mode": ceil_mode, "count_include_pad": count_include_pad,
            "divisor_override": divisor_override,
        }  # fmt: skip
        return leaf(f"AvgPool{rank}d", given)

    return make


def _stride(stride: Any, kernel: Any) -> Any:
    """The stride of a pool, None where it is the default."""
    return stride if stride not in ((), []) and stride != kernel else None


def _adaptive(kind: str) -> Callable[..., Step]:
    def make(op: Op, x: Value, output_size: Any, return_indices: bool = False) -> Step:
        return leaf(kind, {"output_size": output_size})

    return make


for _rank in (1, 2, 3):
    entry(f"max_pool{_rank}d", f"max_pool{_rank}d_with_indices")(_max_pool(_rank))
    entry(f"avg_pool{_rank}d")(_avg_pool(_rank))
    entry(f"adaptive_avg_pool{_rank}d")(_adaptive(f"AdaptiveAvgPool{_rank}d"))
    entry(f"adaptive_max_pool{_rank}d")(_adaptive(f"AdaptiveMaxPool{_rank}d"))


@entry("interpolate", "upsample")
def _interpolate(
    op: Op, x: Value, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: Any = None, recompute_scale_factor: Any = None, antialias: bool = False,
) -> Step:  # fmt: skip
    if antialias:
        raise NoLayer("interpolates with antialias", "Upsample does without")
    given = {
        "size": size, "scale_factor": scale_factor, "mode": mode, "align_corners": align_corners,
        "recompute_scale_factor": recompute_scale_factor,
    }  # fmt: skip
    return leaf("Upsample", given)


@entry("pixel_shuffle")
def _shuffle(op: Op, x: Value, upscale_factor: int) -> Step:
    return leaf("PixelShuffle", {"upscale_factor": upscale_factor})


@entry("pixel_unshuffle")
def _unshuffle(op: Op, x: Value, downscale_factor: int) -> Step:
    return leaf("PixelUnshuffle", {"downscale_factor": downscale_factor})


@entry("channel_shuffle")
def _channels(op: Op, x: Value, groups: int) -> Step:
    return leaf("ChannelShuffle", {"groups": groups})


_PADS = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}


@entry("pad")
def _pad(op: Op, x: Value, pad: Any, mode: str = "constant", value: float | None = None) -> Step:
    rank = len(x.shape) - 2
    sides = [*pad, *[0] * (2 * len(x.shape) - len(pad))]
    around, channels, samples = sides[: 2 * rank], sides[2 * rank : -2], sides[-2:]
    if any(samples):
        raise NoLayer("pads the batch", "a spec is about one sample")
    found: list[Leaf] = []
    if any(around):
        if mode == "constant":
            kind = f"ConstantPad{rank}d" if value else f"ZeroPad{rank}d"
        else:
            kind = f"{_PADS.get(mode, mode)}Pad{rank}d"
        found.append(leaf(kind, {"padding": around, "value": value}))
    if any(channels):
        if mode != "constant" or value or min(channels) < 0:
            raise NoLayer(f"pads channels with {mode} {value or ''}".rstrip(), "zeros can be")
        found.append(leaf("ChannelPad", {"before": channels[0], "after": channels[1]}))
    return found


@entry("mean")
def _mean(op: Op, x: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Step:
    if dim is None:
        raise NoLayer("takes the mean of the whole batch", "give it the axes of a sample")
    axes = sorted(one % len(x.shape) for one in (dim if isinstance(dim, tuple | list) else [dim]))
    if 0 in axes:
        raise NoLayer("takes the mean over the samples of a batch")
    spatial = list(range(2, len(x.shape)))
    if axes == spatial and len(spatial) in (1, 2, 3):
        pool = leaf(f"AdaptiveAvgPool{len(spatial)}d", {"output_size": 1})
        return [pool] if keepdim else [pool, leaf("Flatten", {})]
    axes = [one - 1 for one in axes]
    return leaf("Mean", {"dim": axes if len(axes) > 1 else axes[0], "keepdim": keepdim})
