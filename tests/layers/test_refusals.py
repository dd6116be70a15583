"""What torch refuses is refused, with the reason."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from plans import compiled, conv, model_of, torch_class, transposed

REFUSALS: list[tuple[tuple[int, ...], Any, str]] = [
    ((4, 8, 8), conv(padding="same", stride=2), "padding same needs stride 1"),
    ((4, 8, 8), conv(groups=3), "groups 3 do not divide in_channels 4"),
    ((4, 8, 8), {"Conv2d": {"out_channels": 3, "kernel_size": 1, "groups": 2}}, "out_channels 3"),
    ((4, 2, 2), conv(), "window of 3 does not fit an input of 2"),
    ((4, 3, 3), conv(padding=3, padding_mode="reflect"), "reflect padding of 3 needs more"),
    ((4, 3, 3), conv(padding=4, padding_mode="circular"), "circular padding of 4 needs more"),
    ((4, 8), conv(), "Conv2d takes (C, H, W), not (4, 8)"),
    ((4, 8, 8), transposed(output_padding=1), "output_padding 1 must be smaller than stride 1"),
    ((4, 8, 8), transposed(groups=3), "groups 3 do not divide"),
    ((4, 1, 1), transposed(padding=2), "padding 2 leaves nothing"),
    ((4, 8, 8), transposed(padding_mode="reflect"), "padding_mode: expected zeros"),
    ((4, 8, 8), {"MaxPool2d": {"kernel_size": 3, "padding": 2}}, "padding 2 is more than half"),
    ((4, 8, 8), {"AvgPool2d": {"kernel_size": 3, "padding": 2}}, "padding 2 is more than half"),
    ((4, 2, 2, 2), {"AvgPool3d": {"kernel_size": 3, "padding": 1}}, "window of 3 does not fit"),
    ((4, 8, 8), {"AdaptiveAvgPool2d": {"output_size": None}}, "not null"),
    ((4, 8), {"AdaptiveAvgPool1d": {"output_size": [None]}}, "takes no null"),
    ((4, 8, 8), {"ReflectionPad2d": 8}, "reflect padding of 8 needs more than the 8 positions"),
    ((4, 8, 8), {"CircularPad2d": 9}, "circular padding of 9 needs more than the 8 positions"),
    ((4, 8, 8), {"ZeroPad2d": [[-5, -5, 0, 0]]}, "cropping 5 and 5 leaves nothing of 8"),
    ((4, 8, 8), {"ConstantPad2d": [[-8, 0, 0, 0], 0.0]}, "cropping 8 and 0 leaves nothing of 8"),
    ((4, 8), {"ZeroPad1d": [[-5, -4]]}, "cropping 5 and 4 leaves nothing of 8"),
    ((4, 1, 1), "InstanceNorm2d", "over the one position"),
    ((4, 8, 8), {"GroupNorm": 3}, "num_groups 3 do not divide 4 channels"),
    ((4, 8, 8), "BatchNorm1d", "takes (C,) or (C, L)"),
    ((4, 8, 8), {"LayerNorm": {"normalized_shape": [4]}}, "is not how (4, 8, 8) ends"),
    ((4, 8, 8), {"RMSNorm": {"normalized_shape": 4}}, "is not how (4, 8, 8) ends"),
    ((48,), {"LocalResponseNorm": 3}, "takes (C, *spatial)"),
    ((4, 8, 8), {"PReLU": 3}, "num_parameters 3 fits neither 1 nor 4"),
    ((3, 8, 7), "GLU", "GLU halves an axis"),
    ((3, 8, 8), {"GLU": 1}, "GLU halves an axis"),
    ((4, 8, 8), {"RReLU": [0.5, 0.1]}, "lower 0.5 is above upper 0.1"),
    ((4, 8, 8), {"Hardtanh": [1, 0]}, "max_val 0 is not above min_val 1"),
    ((4, 8, 8), {"CELU": 0}, "alpha of CELU cannot be 0"),
    ((4, 8, 8), {"Softshrink": -1}, "lambd: expected at least 0"),
    ((4, 8, 8), {"Softmax": 4}, "dim 4 does not exist"),
    ((4, 8, 8), {"PixelShuffle": 3}, "needs a multiple of 9 channels, not 4"),
    ((4, 8, 8), {"PixelUnshuffle": 3}, "downscale_factor 3 does not divide 8"),
    ((4, 8, 8), {"ChannelShuffle": 3}, "groups 3 do not divide 4 channels"),
    ((48,), {"ChannelShuffle": 2}, "takes (C, *spatial)"),
    ((4, 8, 8), {"Permute": {"dims": [1, 0]}}, "dims [1, 0] do not name each axis of (4, 8, 8)"),
    ((4, 8), {"Permute": {"dims": [1, 1]}}, "do not name each axis of (4, 8) once"),
    ((4, 8), {"Permute": {"dims": [1, 2]}}, "do not name each axis"),
    ((4, 8), {"SelfAttention": 3}, "num_heads 3 do not divide 8 features"),
    ((4, 8, 8), {"SelfAttention": 2}, "SelfAttention takes (L, E), positions first"),
    ((8,), {"SelfAttention": 2}, "SelfAttention takes (L, E), positions first"),
    ((4, 8, 8), "ClassToken", "ClassToken takes (L, E), positions first, not (4, 8, 8)"),
    ((48,), {"Unflatten": [1, [5, 9]]}, "does not make 48"),
    ((48,), {"Unflatten": [1, [-1, -1]]}, "does not make 48"),
    ((48,), {"Unflatten": [1, 48]}, "expected a list of integers, not 48"),
    ((4, 8, 8), {"Flatten": [3, 2]}, "end_dim is before start_dim"),
    ((4, 8, 8), {"Upsample": {}}, "takes either size or scale_factor"),
    ((4, 8, 8), {"Upsample": [2, 2.0]}, "takes either size or scale_factor"),
    ((4, 8, 8), {"Upsample": {"size": [4, 4, 4]}}, "size has 3 numbers"),
    ((4, 8, 8), {"Upsample": {"scale_factor": [2, 2, 2]}}, "scale_factor has 3 numbers"),
    ((4, 8, 8), {"Upsample": {"size": [4]}}, "size has 1 numbers"),
    ((4, 8, 8), {"MaxPool2d": {"kernel_size": 3, "padding": 2, "dilation": 2}}, "padding 2"),
    ((4, 8, 8), {"Upsample": {"scale_factor": 0.1}}, "makes 0.8 of 8"),
    ((4, 8, 8), {"Upsample": {"size": 4, "mode": "linear"}}, "mode linear takes (C, L)"),
    ((4, 8), {"Upsample": {"size": 4, "mode": "bicubic"}}, "mode bicubic takes (C, H, W)"),
    ((4, 8, 8), {"Upsample": {"size": 4, "align_corners": True}}, "no meaning with mode nearest"),
    ((4, 8, 8), {"Upsample": {"size": 4, "recompute_scale_factor": True}}, "no meaning with size"),
    ((4, 8, 8), {"StochasticDepth": [0.5, "column"]}, "mode: expected"),
    ((4, 8, 8), {"Slice": {"dim": 3}}, "dim 3 does not exist in (4, 8, 8)"),
    ((4, 8, 8), {"Slice": [-4, 1]}, "dim -4 does not exist in (4, 8, 8)"),
    ((4, 8, 8), {"Slice": [1, 5, 3]}, "from 5 to before 3 there is nothing of 8"),
    ((4, 8, 8), {"Slice": [0, -9, -4]}, "from 0 to before 0 there is nothing of 4"),
    ((4, 8, 8), {"Slice": {"dim": 1, "step": -1}}, "step: expected more than 0"),
    ((4, 8, 8), {"Select": [1, 8]}, "index 8 is not on an axis of 8"),
    ((4, 8, 8), {"Select": [1, -9]}, "index -9 is not on an axis of 8"),
    ((4, 8, 8), {"Mean": 3}, "dim 3 does not exist in (4, 8, 8)"),
    ((4, 8, 8), {"Mean": [[1, -2]]}, "dim [1, -2] names an axis twice"),
    ((4, 8, 8), {"Affine": [[1, 2, 3]]}, "scale has 3 numbers, and axis 0 of (4, 8, 8) is 4 long"),
    ((4, 8, 1), {"Affine": [1, [1, 2], 2]}, "shift has 2 numbers, and axis 2 of (4, 8, 1)"),
    ((4, 8, 8), {"Scale": [1.0, 3]}, "dim 3 does not exist in (4, 8, 8)"),
    ((4, 8, 8), {"Dropout": 1.5}, "p: expected at most 1"),
    ((4, 8, 8), {"LeakyReLU": [-1.0, True]}, "cannot be trained with negative_slope -1"),
    ((4, 8, 8), {"ELU": [-1.0, True]}, "cannot be trained with alpha -1"),
]  # fmt: skip


def torch_takes(shape: tuple[int, ...], entry: Any) -> bool:
    """Whether torch builds, runs and differentiates the layer of an entry as it stands."""
    kind, value = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
    names = list(model_of(kind).model_fields)
    if not isinstance(value, dict):
        values = value if isinstance(value, list) else [value]
        value = dict(zip(names, values, strict=False))
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in value.items()}
    inferred = {"in_channels": shape[0], "in_features": shape[-1], "num_features": shape[0],
                "num_channels": shape[0], "embed_dim": shape[-1]}  # fmt: skip
    wanted = inspect.signature(torch_class(kind)).parameters
    first = {name: inferred[name] for name in inferred if name in wanted}
    x = torch.rand(2, *shape, requires_grad=True)
    try:
        y = torch_class(kind)(**first, **given)(x * 1)
        y.sum().backward()
    except (RuntimeError, ValueError, TypeError, AssertionError, IndexError, NotImplementedError):
        return False
    except ZeroDivisionError:
        return False
    return y.numel() > 0


@pytest.mark.parametrize(("shape", "entry", "words"), REFUSALS)
def test_what_torch_refuses_is_refused_with_the_reason(
    shape: tuple[int, ...], entry: Any, words: str
) -> None:
    found = compiled(shape, ["PReLU", entry])
    assert isinstance(found, list), "netspec takes it"
    assert [words in one.message for one in found] == [True], found
    assert not torch_takes(shape, entry)


@pytest.mark.parametrize("kind", ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"])
def test_a_variance_is_never_divided_by_without_an_eps(kind: str) -> None:
    # Old versions of torch take it, and give nan where a channel is constant.
    found = compiled((4, *[8] * int(kind[-2])), [{kind: {"eps": 0}}])
    assert isinstance(found, list), "netspec takes it"
    assert ["eps: expected more than 0" in one.message for one in found] == [True]
