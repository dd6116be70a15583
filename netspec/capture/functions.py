"""Operations that are no module, as layers: an entry of the table for each.

An entry takes what the function takes, by torch's names and with its defaults, values in place of
tensors that depend on the input; what else there is to know of the operation is in `op`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from netspec import layers
from netspec.capture.layers import stated
from netspec.capture.record import Constant, Op, Value, Weight
from netspec.capture.reshaped import reshaped
from netspec.capture.step import Join, Leaf, Refused, Step

TABLE: dict[str, Callable[..., Step]] = {}

MODULES: dict[str, Callable[[Op, Any], Step]] = {}
"""Modules of torch that are another layer in a spec, by their class."""

SAME = """
contiguous clone detach to float type type_as data cpu cuda requires_grad_ requires_grad
alias identity positive as_tensor
"""
"""Operations that leave every number as it is."""


def entry(*names: str) -> Callable[[Callable[..., Step]], Callable[..., Step]]:
    """Enter a function under these names."""

    def enter(function: Callable[..., Step]) -> Callable[..., Step]:
        TABLE.update(dict.fromkeys(names, function))
        return function

    return enter


def leaf(kind: str, given: dict[str, Any], weights: dict[str, Any] | None = None) -> Leaf:
    """A layer of a kind with the arguments that are not its defaults."""
    model = layers.find(kind)
    if model is None:
        raise Refused(f"netspec has no {kind}")
    held = {name: one for name, one in (weights or {}).items() if isinstance(one, Weight)}
    return Leaf(kind, stated(model, given), held)


def _same(op: Op, x: Value, *args: Any, **kwargs: Any) -> Step:
    return []


TABLE.update(dict.fromkeys(SAME.split(), _same))


def _plain_activation(kind: str, names: str) -> None:
    def make(op: Op, x: Value, inplace: bool = False, **kwargs: Any) -> Step:
        return leaf(kind, {**kwargs, "inplace": inplace})

    entry(*names.split())(make)


for _kind, _names in {
    "ReLU": "relu", "ReLU6": "relu6", "SELU": "selu", "SiLU": "silu", "Mish": "mish",
    "Hardsigmoid": "hardsigmoid", "Hardswish": "hardswish", "Sigmoid": "sigmoid", "Tanh": "tanh",
    "Softsign": "softsign", "Tanhshrink": "tanhshrink", "LogSigmoid": "logsigmoid log_sigmoid",
}.items():  # fmt: skip
    _plain_activation(_kind, _names)


@entry("leaky_relu")
def _leaky(op: Op, x: Value, negative_slope: float = 0.01, inplace: bool = False) -> Step:
    return leaf("LeakyReLU", {"negative_slope": negative_slope})


@entry("elu")
def _elu(op: Op, x: Value, alpha: float = 1.0, inplace: bool = False) -> Step:
    return leaf("ELU", {"alpha": alpha})


@entry("celu")
def _celu(op: Op, x: Value, alpha: float = 1.0, inplace: bool = False) -> Step:
    return leaf("CELU", {"alpha": alpha})


@entry("gelu")
def _gelu(op: Op, x: Value, approximate: str = "none") -> Step:
    return leaf("GELU", {"approximate": approximate})


@entry("softplus")
def _softplus(op: Op, x: Value, beta: float = 1.0, threshold: float = 20.0) -> Step:
    return leaf("Softplus", {"beta": beta, "threshold": threshold})


@entry("hardtanh")
def _hardtanh(
    op: Op, x: Value, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Step:
    return leaf("Hardtanh", {"min_val": min_val, "max_val": max_val})


@entry("clamp", "clip")
def _clamp(op: Op, x: Value, min: Any = None, max: Any = None) -> Step:
    if min == 0 and max is None:
        return leaf("ReLU", {})
    if not all(isinstance(one, int | float) for one in (min, max)):
        raise Refused("clamps to one side", "Hardtanh has both ends, ReLU is clamp(min=0)")
    return leaf("Hardtanh", {"min_val": float(min), "max_val": float(max)})


@entry("prelu")
def _prelu(op: Op, x: Value, weight: Any) -> Step:
    _learnt(weight=weight)
    return leaf("PReLU", {"num_parameters": weight.tensor.numel()}, {"weight": weight})


@entry("glu")
def _glu(op: Op, x: Value, dim: int = -1) -> Step:
    return leaf("GLU", {"dim": dim})


def _softmax(kind: str) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
    ) -> Step:
        # Without dim torch takes the first axis of some shapes, which is then that of the samples.
        implicit = 0 if len(x.shape) in (0, 1, 3) else 1
        axis = implicit if dim is None else dim
        if axis % len(x.shape) == 0:
            raise Refused("sums to one over the samples of a batch", "give it dim=1")
        return leaf(kind, {"dim": axis})

    return make


for _kind, _names in {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Softmin": "softmin",
}.items():
    entry(_names)(_softmax(_kind))


def _drops(kind: str) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> Step:
        return leaf(kind, {"p": p})

    return make


DROPOUTS = {
    "dropout": "Dropout", "dropout1d": "Dropout1d", "dropout2d": "Dropout2d",
    "dropout3d": "Dropout3d", "alpha_dropout": "AlphaDropout",
    "feature_alpha_dropout": "FeatureAlphaDropout", "feature_dropout": "Dropout2d",
}  # fmt: skip
for _names, _kind in DROPOUTS.items():
    entry(_names)(_drops(_kind))


def _learnt(**weights: Any) -> None:
    """Refuse weights that are worked out, or that depend on the input."""
    for name, one in weights.items():
        if one is None or isinstance(one, Weight):
            continue
        if isinstance(one, Value):
            raise Refused(f"its {name} depends on the input", "a layer's weights are its own")
        made = f" from {one.of}" if isinstance(one, Constant) and one.of else ""
        raise Refused(
            f"its {name} is worked out{made} in each run, and a layer has its own",
            "torch.nn.utils.parametrize.remove_parametrizations makes it one",
        )


def _convolution(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1,
    ) -> Step:  # fmt: skip
        _learnt(weight=weight, bias=bias)
        shape = tuple(weight.tensor.shape)
        given = {
            "out_channels": shape[0], "kernel_size": shape[2:], "stride": stride,
            "padding": padding, "dilation": dilation, "groups": groups, "bias": bias is not None,
        }  # fmt: skip
        return leaf(f"Conv{rank}d", given, {"weight": weight, "bias": bias})

    return make


def _transposed(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
        output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
    ) -> Step:  # fmt: skip
        _learnt(weight=weight, bias=bias)
        shape = tuple(weight.tensor.shape)
        given = {
            "out_channels": shape[1] * groups, "kernel_size": shape[2:], "stride": stride,
            "padding": padding, "output_padding": output_padding, "groups": groups,
            "bias": bias is not None, "dilation": dilation,
        }  # fmt: skip
        return leaf(f"ConvTranspose{rank}d", given, {"weight": weight, "bias": bias})

    return make


def _max_pool(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0,
        dilation: Any = 1, ceil_mode: bool = False, return_indices: bool = False,
    ) -> Step:  # fmt: skip
        if return_indices:
            raise Refused("gives indices beside the maxima", "a layer of a spec gives one tensor")
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
    entry(f"conv{_rank}d")(_convolution(_rank))
    entry(f"conv_transpose{_rank}d")(_transposed(_rank))
    entry(f"max_pool{_rank}d", f"max_pool{_rank}d_with_indices")(_max_pool(_rank))
    entry(f"avg_pool{_rank}d")(_avg_pool(_rank))
    entry(f"adaptive_avg_pool{_rank}d")(_adaptive(f"AdaptiveAvgPool{_rank}d"))
    entry(f"adaptive_max_pool{_rank}d")(_adaptive(f"AdaptiveMaxPool{_rank}d"))


@entry("linear")
def _linear(op: Op, x: Value, weight: Any, bias: Any = None) -> Step:
    _learnt(weight=weight, bias=bias)
    given = {"out_features": weight.tensor.shape[0], "bias": bias is not None}
    return leaf("Linear", given, {"weight": weight, "bias": bias})


@entry("batch_norm")
def _batch_norm(
    op: Op, x: Value, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float | None = 0.1, eps: float = 1e-5,
) -> Step:  # fmt: skip
    _learnt(weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    if running_mean is None:
        raise Refused("has no running statistics: batches differ in evaluation too")
    given = {"eps": eps, "momentum": momentum, "affine": weight is not None}
    if (weight is None) != (bias is None):
        given["bias"] = bias is not None
    rank = max(len(x.shape) - 2, 1)
    held = {"weight": weight, "bias": bias, "running_mean": running_mean}
    return leaf(f"BatchNorm{rank}d", given, {**held, "running_var": running_var})


@entry("instance_norm")
def _instance_norm(
    op: Op, x: Value, running_mean: Any = None, running_var: Any = None, weight: Any = None,
    bias: Any = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Step:  # fmt: skip
    _learnt(weight=weight, bias=bias)
    if running_mean is not None:
        raise Refused("has running statistics and is called as a function")
    given = {"eps": eps, "momentum": momentum, "affine": weight is not None}
    return leaf(f"InstanceNorm{len(x.shape) - 2}d", given, {"weight": weight, "bias": bias})


@entry("group_norm")
def _group_norm(
    op: Op, x: Value, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Step:
    _learnt(weight=weight, bias=bias)
    given = {"num_groups": num_groups, "eps": eps, "affine": weight is not None}
    return leaf("GroupNorm", given, {"weight": weight, "bias": bias})


@entry("layer_norm")
def _layer_norm(
    op: Op, x: Value, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None,
    eps: float = 1e-5,
) -> Step:  # fmt: skip
    _learnt(weight=weight, bias=bias)
    given: dict[str, Any] = {"eps": eps, "elementwise_affine": weight is not None}
    if tuple(normalized_shape) != x.shape[1:]:
        given["normalized_shape"] = normalized_shape
    if weight is not None and bias is None:
        given["bias"] = False
    return leaf("LayerNorm", given, {"weight": weight, "bias": bias})


@entry("local_response_norm")
def _local(
    op: Op, x: Value, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Step:
    return leaf("LocalResponseNorm", {"size": size, "alpha": alpha, "beta": beta, "k": k})


@entry("interpolate", "upsample")
def _interpolate(
    op: Op, x: Value, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: Any = None, recompute_scale_factor: Any = None, antialias: bool = False,
) -> Step:  # fmt: skip
    if antialias:
        raise Refused("interpolates with antialias", "Upsample does without")
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
        raise Refused("pads the batch", "a spec is about one sample")
    found: list[Leaf] = []
    if any(around):
        if mode == "constant":
            kind = f"ConstantPad{rank}d" if value else f"ZeroPad{rank}d"
        else:
            kind = f"{_PADS.get(mode, mode)}Pad{rank}d"
        found.append(leaf(kind, {"padding": around, "value": value}))
    if any(channels):
        if mode != "constant" or value or min(channels) < 0:
            raise Refused(f"pads channels with {mode} {value or ''}".rstrip(), "zeros can be")
        found.append(leaf("ChannelPad", {"before": channels[0], "after": channels[1]}))
    return found


@entry("mean")
def _mean(op: Op, x: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Step:
    if dim is None:
        raise Refused("takes the mean of the whole batch", "give it the axes of a sample")
    axes = sorted(one % len(x.shape) for one in (dim if isinstance(dim, tuple | list) else [dim]))
    if 0 in axes:
        raise Refused("takes the mean over the samples of a batch")
    spatial = list(range(2, len(x.shape)))
    if axes == spatial and len(spatial) in (1, 2, 3):
        pool = leaf(f"AdaptiveAvgPool{len(spatial)}d", {"output_size": 1})
        return [pool] if keepdim else [pool, leaf("Flatten", {})]
    axes = [one - 1 for one in axes]
    return leaf("Mean", {"dim": axes if len(axes) > 1 else axes[0], "keepdim": keepdim})


RESHAPES = "view reshape flatten squeeze unsqueeze unflatten view_as reshape_as".split()
"""Operations that move no element; several in a row are one."""


def reshape(before: tuple[int, ...], after: tuple[int, ...]) -> list[Leaf]:
    """The layers that make one shape of another."""
    return [leaf(kind, given) for kind, given in reshaped(before, after)]


@entry("expand_as", "expand", "broadcast_to")
def _expand(op: Op, x: Value, *args: Any, **kwargs: Any) -> Step:
    return []


@entry("cat", "concat", "concatenate")
def _cat(op: Op, tensors: Any, dim: int = 0, axis: int | None = None) -> Step:
    dim = dim if axis is None else axis
    values = [one for one in tensors if isinstance(one, Value)]
    token = _alone(tensors[0]) if len(tensors) == 2 else None
    if token and len(values) == 1 and dim % len(values[0].shape) == 1:
        return leaf("ClassToken", {}, {"weight": token})
    if len(values) < len(tensors):
        raise Refused("puts constants or weights beside values")
    if dim % len(values[0].shape) != 1:
        raise Refused(f"concatenates along axis {dim}", "a Concat is along the channels, axis 1")
    return Join("concat", values) if len(values) > 1 else []


@entry("add", "radd")
def _add(op: Op, a: Any, b: Any, alpha: float = 1) -> Step:
    if isinstance(a, Value) and isinstance(b, Value):
        if alpha != 1:
            raise Refused(f"adds with a factor of {alpha}", "an Affine in the branch multiplies")
        if a is b:
            return leaf("Affine", {"scale": 2.0})
        return _joined("add", a, b)
    x, other = (a, b) if isinstance(a, Value) else (b, a)
    number = _number(other, x)
    if number is not None:
        return leaf("Affine", {"shift": _times(number, alpha)}) if number != 0.0 else []
    if isinstance(other, Weight) and tuple(other.tensor.shape) == (1, *x.shape[1:]) and alpha == 1:
        return leaf("PositionEmbedding", {}, {"weight": other})
    raise Refused(_of(other, "adds"), "Affine adds constants; a bias belongs to its layer")


@entry("sub", "subtract")
def _sub(op: Op, a: Any, b: Any, alpha: float = 1) -> Step:
    if isinstance(a, Value) and not isinstance(b, Value):
        number = _number(b, a)
        if number is not None:
            return leaf("Affine", {"shift": _times(number, -alpha)})
        raise Refused(_of(b, "subtracts"), "Affine adds constants")
    if isinstance(b, Value) and not isinstance(a, Value):
        return _rsub(op, b, a)
    raise Refused("takes the difference of two values", "Residual adds; negate a branch by Affine")


@entry("rsub")
def _rsub(op: Op, x: Value, other: Any, alpha: float = 1) -> Step:
    number = _number(other, x)
    if number is None:
        raise Refused(_of(other, "subtracts from"), "Affine adds constants")
    return leaf("Affine", {"scale": -1.0, "shift": number})


@entry("neg", "negative")
def _neg(op: Op, x: Value) -> Step:
    return leaf("Affine", {"scale": -1.0})


@entry("mul", "rmul", "multiply")
def _mul(op: Op, a: Any, b: Any) -> Step:
    if isinstance(a, Value) and isinstance(b, Value):
        return Join("multiply", [a, b])
    x, other = (a, b) if isinstance(a, Value) else (b, a)
    if isinstance(other, Weight):
        return _scale(x, other)
    number = _number(other, x)
    if number is not None:
        return leaf("Affine", {"scale": number}) if number != 1.0 else []
    raise Refused(_of(other, "multiplies by"), "Affine multiplies by constants, Scale by weights")


@entry("div", "truediv", "divide", "true_divide")
def _div(op: Op, a: Any, b: Any, rounding_mode: Any = None) -> Step:
    if isinstance(a, Value) and isinstance(b, int | float) and rounding_mode is None:
        return leaf("Affine", {"scale": 1 / b}) if b != 1 else []
    raise Refused("divides by more than a number", "Affine multiplies by constants")


def _scale(x: Value, weight: Weight) -> Step:
    """A learnt factor along one axis."""
    shape = (*[1] * (len(x.shape) - weight.tensor.dim()), *weight.tensor.shape)
    long = [i for i, n in enumerate(shape) if n > 1]
    if len(long) != 1 or not long[0] or len(shape) > len(x.shape):
        raise Refused(
            f"multiplies by {weight.name or 'a parameter'} of {tuple(weight.tensor.shape)}",
            "Scale has a factor for each position of one axis",
        )
    return leaf("Scale", {"dim": long[0] - 1}, {"weight": weight})


def _joined(by: Any, a: Value, b: Value) -> Step:
    if a.shape != b.shape:
        raise Refused(
            f"puts {a.shape[1:]} and {b.shape[1:]} together by spreading one of them",
            "only a Gate spreads its factor",
        )
    return Join(by, [a, b])


def _number(one: Any, x: Value) -> Any:
    """A constant as Affine takes it for the channels; None where it is more than that."""
    if isinstance(one, bool):
        return None
    if isinstance(one, int | float):
        return float(one)
    if not isinstance(one, Constant) or one.of:
        return None
    tensor: Tensor = one.tensor
    if tensor.numel() == 1:
        return float(tensor)
    shape = (*[1] * (len(x.shape) - tensor.dim()), *tensor.shape)
    if prod(shape) == shape[1] and shape[1] == x.shape[1]:
        return [float(value) for value in tensor.flatten()]
    return None


def _alone(one: Any) -> Weight | None:
    """A weight whose numbers each sample gets, spread over the batch."""
    if not isinstance(one, Constant) or one.source is None:
        return None
    held = one.source.tensor
    rows = one.tensor.reshape(len(one.tensor), -1)
    same = rows.shape[1] == held.numel() and all(torch.equal(row, held.flatten()) for row in rows)
    return one.source if same else None


def _times(number: Any, factor: float) -> Any:
    return [one * factor for one in number] if isinstance(number, list) else number * factor


def _of(one: Any, verb: str) -> str:
    if isinstance(one, Weight):
        return f"{verb} {one.name or 'a parameter'} of {tuple(one.tensor.shape)}"
    if isinstance(one, Constant):
        return f"{verb} {one.of or 'a constant'} of {tuple(one.tensor.shape)}"
    return f"{verb} {one!r}"


@entry("getitem")
def _getitem(op: Op, x: Value, index: Any) -> Step:
    parts = list(index) if isinstance(index, tuple | list) else [index]
    if any(isinstance(one, Value | Constant | Weight) for one in parts):
        raise Refused("picks by a tensor")
    if any(one is Ellipsis for one in parts):
        at = parts.index(Ellipsis)
        real = sum(one is not None for one in parts) - 1
        parts[at : at + 1] = [slice(None)] * (len(x.shape) - real)
    if any(one is None for one in parts):
        raise Refused("puts a new axis in")
    if parts and parts[0] != slice(None) and parts[0] != slice(0, None):
        raise Refused("picks samples of the batch", "a spec is about one sample")
    found: list[Leaf] = []
    gone = 0
    for i, one in enumerate(parts[1:]):
        if isinstance(one, int):
            found.append(leaf("Select", {"dim": i - gone, "index": one}))
            gone += 1
        elif isinstance(one, slice):
            start, stop, step = one.indices(x.shape[i + 1])
            if (start, stop, step) != (0, x.shape[i + 1], 1):
                stop_ = stop if stop < x.shape[i + 1] else None
                given = {"dim": i - gone, "start": start or None, "stop": stop_, "step": step}
                found.append(leaf("Slice", given))
        else:
            raise Refused(f"picks by {one!r}")
    return found


@entry("select")
def _select(op: Op, x: Value, dim: int, index: int) -> Step:
    if dim % len(x.shape) == 0:
        raise Refused("picks a sample of the batch", "a spec is about one sample")
    return leaf("Select", {"dim": dim % len(x.shape) - 1, "index": index})


@entry("narrow")
def _narrow(op: Op, x: Value, dim: int, start: int, length: int) -> Step:
    return _part(x, dim, start, length)


def _part(x: Value, dim: int, start: int, length: int) -> Step:
    axis = dim % len(x.shape)
    if axis == 0:
        raise Refused("takes the batch apart", "a spec is about one sample")
    n = x.shape[axis]
    stop = start + length if start + length < n else None
    return leaf("Slice", {"dim": axis - 1, "start": start or None, "stop": stop})


@entry("chunk", "split", "tensor_split", "split_with_sizes", "unsafe_chunk")
def _split(op: Op, x: Value, count: Any, dim: int = 0, *, part: int = 0) -> Step:
    axis = dim % len(x.shape)
    lengths = [one.shape[axis] for one in op.outputs]
    return _part(x, dim, sum(lengths[:part]), lengths[part])


@entry("permute")
def _permute(op: Op, x: Value, *dims: Any) -> Step:
    order = dims[0] if isinstance(dims[0], tuple | list) else dims
    return _ordered(x, [dim % len(x.shape) for dim in order])


@entry("transpose", "swapaxes", "swapdims")
def _transpose(op: Op, x: Value, dim0: int, dim1: int) -> Step:
    a, b = dim0 % len(x.shape), dim1 % len(x.shape)
    order = list(range(len(x.shape)))
    order[a], order[b] = b, a
    return _ordered(x, order)


def _ordered(x: Value, order: list[int]) -> Step:
    if order[0] != 0:
        raise Refused("moves the batch axis", "a spec is about one sample")
    dims = [dim - 1 for dim in order[1:]]
    return leaf("Permute", {"dims": dims}) if dims != sorted(dims) else []


def _attention(op: Op, module: nn.MultiheadAttention) -> Step:
    if len(set(map(id, op.inputs))) > 1:
        raise Refused("attends to other values", "SelfAttention has one input for all three")
    given = {**dict(zip(["key_padding_mask"], op.args[3:], strict=False)), **op.kwargs}
    masks = [name for name in ("key_padding_mask", "attn_mask") if given.get(name) is not None]
    if masks or given.get("is_causal"):
        raise Refused(f"attends with {masks[0] if masks else 'is_causal'}")
    if not module.batch_first:
        raise Refused("takes positions before samples", "make it with batch_first=True")
    if module.bias_k is not None or module.add_zero_attn or module.in_proj_weight is None:
        raise Refused("has keys of its own", "SelfAttention does without kdim and bias_k")
    held = {
        name: Weight(f"{op.path}.{name}", one)
        for name, one in module.named_parameters()
    }  # fmt: skip
    given = {
        "num_heads": module.num_heads, "dropout": module.dropout,
        "bias": module.in_proj_bias is not None,
    }  # fmt: skip
    return leaf("SelfAttention", given, held)


MODULES["MultiheadAttention"] = _attention
