"""Functions that are given weights, and attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from netspec.capture.functions.table import MODULES, entry, leaf, learnt
from netspec.capture.step import NoLayer, Step
from netspec.capture.values import Op, Value, Weight


def _convolution(rank: int) -> Callable[..., Step]:
    def make(
        op: Op, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1,
    ) -> Step:  # fmt: skip
        learnt(weight=weight, bias=bias)
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
        learnt(weight=weight, bias=bias)
        shape = tuple(weight.tensor.shape)
        given = {
            "out_channels": shape[1] * groups, "kernel_size": shape[2:], "stride": stride,
            "padding": padding, "output_padding": output_padding, "groups": groups,
            "bias": bias is not None, "dilation": dilation,
        }  # fmt: skip
        return leaf(f"ConvTranspose{rank}d", given, {"weight": weight, "bias": bias})

    return make


for _rank in (1, 2, 3):
    entry(f"conv{_rank}d")(_convolution(_rank))
    entry(f"conv_transpose{_rank}d")(_transposed(_rank))


@entry("linear")
def _linear(op: Op, x: Value, weight: Any, bias: Any = None) -> Step:
    learnt(weight=weight, bias=bias)
    given = {"out_features": weight.tensor.shape[0], "bias": bias is not None}
    return leaf("Linear", given, {"weight": weight, "bias": bias})


@entry("batch_norm")
def _batch_norm(
    op: Op, x: Value, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float | None = 0.1, eps: float = 1e-5,
) -> Step:  # fmt: skip
    learnt(weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    if running_mean is None:
        raise NoLayer("has no running statistics: batches differ in evaluation too")
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
    learnt(weight=weight, bias=bias)
    if running_mean is not None:
        raise NoLayer("has running statistics and is called as a function")
    given = {"eps": eps, "momentum": momentum, "affine": weight is not None}
    return leaf(f"InstanceNorm{len(x.shape) - 2}d", given, {"weight": weight, "bias": bias})


@entry("group_norm")
def _group_norm(
    op: Op, x: Value, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Step:
    learnt(weight=weight, bias=bias)
    given = {"num_groups": num_groups, "eps": eps, "affine": weight is not None}
    return leaf("GroupNorm", given, {"weight": weight, "bias": bias})


@entry("layer_norm")
def _layer_norm(
    op: Op, x: Value, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None,
    eps: float = 1e-5,
) -> Step:  # fmt: skip
    learnt(weight=weight, bias=bias)
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


def _attention(op: Op, module: nn.MultiheadAttention) -> Step:
    if len(set(map(id, op.inputs))) > 1:
        raise NoLayer("attends to other values", "SelfAttention has one input for all three")
    given = {**dict(zip(["key_padding_mask"], op.args[3:], strict=False)), **op.kwargs}
    masks = [name for name in ("key_padding_mask", "attn_mask") if given.get(name) is not None]
    if masks or given.get("is_causal"):
        raise NoLayer(f"attends with {masks[0] if masks else 'is_causal'}")
    if not module.batch_first:
        raise NoLayer("takes positions before samples", "make it with batch_first=True")
    if module.bias_k is not None or module.add_zero_attn or module.in_proj_weight is None:
        raise NoLayer("has keys of its own", "SelfAttention does without kdim and bias_k")
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
