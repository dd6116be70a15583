"""Windows held against torch: one bright position at a time through the real layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from netspec.diagnostic import Fault
from netspec.flow.flow import Flow
from netspec.flow.window import Adaptive, Strided, Whole, Window
from netspec.flow.work import Work
from netspec.layers import find
from netspec.layers.base import Leaf
from netspec.layers.transposed import Transposed
from netspec.network import leaves

torch.set_num_threads(1)

Case = tuple[str, dict[str, Any], int]


def built(kind: str, arguments: dict[str, Any], n: int) -> nn.Module:
    """The torch layer for one channel of n positions, its weights positive."""
    recipe = leaf(kind, arguments).recipe((1, n))
    layer: nn.Module = getattr(nn if hasattr(nn, kind) else leaves, kind)(**recipe.arguments)
    for weight in layer.parameters():
        nn.init.constant_(weight, 1.0)
    return layer


def leaf(kind: str, arguments: dict[str, Any]) -> Leaf:
    model = find(kind)
    assert model is not None
    layer = model.parse(kind, arguments)
    assert isinstance(layer, Leaf)
    return layer


def lit(layer: Callable[[Tensor], Tensor], n: int) -> list[set[int]]:
    """The positions of n that each position of the output depends on."""
    base = layer(torch.zeros(1, 1, n))
    rays = [layer(torch.eye(n)[i].view(1, 1, n)) - base for i in range(n)]
    return [{i for i in range(n) if rays[i].flatten()[o].abs() > 1e-5} for o in range(base.numel())]


def said(kind: str, arguments: dict[str, Any], n: int) -> list[set[int]]:
    """The same as netspec has it, from the windows and from the flow, which must agree."""
    layer = leaf(kind, arguments)
    (window,) = layer.windows((1, n))
    (axis,) = layer.run(Flow.input((1, n))).axes
    units = [
        {axis.units.first[i] + b for b in range(n) if axis.units.mask(i) >> b & 1}
        for i in range(axis.units.count)
    ]
    assert units == list(taps(window, n))
    return units


def taps(window: Window, n: int) -> Iterator[set[int]]:
    for o in range(window.length(n)):
        if isinstance(window, Whole):
            yield set(range(n))
        else:
            yield {p for t in window.taps(o) if (p := window.place(t, n)) is not None}


def optional(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=options)


def small(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


sides = st.lists(small(-4, 6), min_size=2, max_size=2)
factors = st.sampled_from([1, 2, 3, 5, 7, 1.5, 2.5, 1.1, 1.3, 0.5, 0.7, 0.3, 0.9, 41, 47])
resized = st.one_of(
    st.builds(lambda size: {"size": size}, small(1, 40)),
    st.builds(lambda factor: {"scale_factor": factor}, factors),
)
ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "Conv1d": st.builds(
        dict, optional(
            stride=small(1, 4), dilation=small(1, 4), padding=small(0, 5),
            padding_mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
        ), kernel_size=small(1, 5), out_channels=st.just(1), bias=st.just(False),
    ),
    "ConvTranspose1d": st.builds(
        dict, optional(
            stride=small(1, 4), dilation=small(1, 4), padding=small(0, 5),
            output_padding=small(0, 3),
        ), kernel_size=small(1, 5), out_channels=st.just(1), bias=st.just(False),
    ),
    "AvgPool1d": st.builds(
        dict, optional(stride=small(1, 5), padding=small(0, 3), ceil_mode=st.booleans()),
        kernel_size=small(1, 6),
    ),
    "LPPool1d": st.builds(
        dict, optional(stride=small(1, 5), ceil_mode=st.booleans()),
        kernel_size=small(1, 6), norm_type=st.just(1),
    ),
    "AdaptiveAvgPool1d": st.builds(dict, output_size=small(1, 20)),
    "ZeroPad1d": st.builds(dict, padding=sides),
    "ConstantPad1d": st.builds(dict, padding=sides, value=st.just(0.5)),
    "ReflectionPad1d": st.builds(dict, padding=sides),
    "ReplicationPad1d": st.builds(dict, padding=sides),
    "CircularPad1d": st.builds(dict, padding=sides),
    "Slice": st.builds(
        dict, optional(start=small(-16, 16), stop=small(-16, 16), step=small(1, 5)),
        dim=st.sampled_from([1, -1]),
    ),
    "Upsample": st.builds(
        lambda size, more, mode: size | mode | (more if "size" not in size else {}), resized,
        optional(recompute_scale_factor=st.booleans()),
        st.sampled_from([
            {"mode": "nearest"}, {"mode": "nearest-exact"}, {"mode": "area"}, {"mode": "linear"},
            {"mode": "linear", "align_corners": True},
        ]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_units_read_what_torchs_layer_reads_and_refusals_are_torchs(kind: str) -> None:
    outcomes = {"same": 0, "refused": 0}

    @given(ARGUMENTS[kind], small(1, 14))
    def each(arguments: dict[str, Any], n: int) -> None:
        try:
            expected = said(kind, arguments, n)
        except Fault as fault:
            outcomes["refused"] += 1
            # Torch takes a crop that leaves nothing but padding.
            if fault.code != "crop-too-large":
                with pytest.raises((RuntimeError, ValueError, TypeError)):
                    assert built(kind, arguments, n)(torch.zeros(1, 1, n)).numel() > 0
            return
        assert lit(built(kind, arguments, n), n) == expected
        outcomes["same"] += 1

    each()
    assert outcomes["same"] > 20, outcomes


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 24])
def test_bicubic_units_read_four_positions(n: int, size: int, align: bool) -> None:
    layer = leaf("Upsample", {"size": [1, size], "mode": "bicubic", "align_corners": align})
    torchs = nn.Upsample((1, size), mode="bicubic", align_corners=align)
    expected = lit(lambda x: torchs(x.unsqueeze(2)).squeeze(2), n)
    assert list(taps(layer.windows((1, 1, n))[1], n)) == expected


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_pixels_shuffled_up_and_down_read_their_own_block(factor: int) -> None:
    up = leaf("PixelShuffle", {"upscale_factor": factor}).windows((factor**2, 4, 4))[0]
    down = leaf("PixelUnshuffle", {"downscale_factor": factor}).windows((1, 12, 12))[0]
    assert list(taps(up, 4)) == [{o // factor} for o in range(4 * factor)]
    assert list(taps(down, 12)) == [
        set(range(o * factor, (o + 1) * factor)) for o in range(12 // factor)
    ]


def test_a_transposed_convolution_narrower_than_its_stride_leaves_units_that_read_nothing() -> None:
    assert said("ConvTranspose1d", {"out_channels": 1, "kernel_size": 1, "stride": 3}, 2) == [
        {0}, set(), set(), {1},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "other"), [(Strided(1), Adaptive(1, 1)), (Adaptive(4, 2), Strided(4, 2))]
)
def test_windows_of_two_kinds_are_told_apart_though_tuples_are_equal(
    window: Window, other: Window
) -> None:
    flow = Flow.input((1, 4))
    assert [list(taps(w, 4)) for w in (window, other)] == [
        [{axis.units.first[i] + b for b in range(4) if axis.units.mask(i) >> b & 1}
         for i in range(axis.units.count)]
        for w in (window, other) for axis in [flow.axes[0].through(w, 1, Work())]
    ]  # fmt: skip


@pytest.mark.parametrize("factor", [1.1, 1.3, 2.1, 2.3])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_two_axes_forget_the_factor_where_they_keep_or_double_their_length(
    n: int, factor: float
) -> None:
    arguments = {"scale_factor": factor, "mode": "nearest"}
    layer, torchs = leaf("Upsample", arguments), nn.Upsample(**arguments)
    for axis in (1, 2):
        line = torch.arange(n).float().view([n, 1] if axis == 1 else [1, n])
        read = torchs(line.expand(1, 1, n, n).contiguous())[0, 0].select(2 - axis, 0)
        window = layer.windows((1, n, n))[axis - 1]
        assert list(taps(window, n)) == [{int(position)} for position in read]


WORDS = str.maketrans({"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"})


@given(
    st.integers(1, 30), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3),
    st.integers(-1, 3), st.integers(-1, 3), st.booleans(),
)  # fmt: skip
def test_a_window_counts_its_units_as_its_formula_says(
    n: int, kernel: int, stride: int, dilation: int, left: int, right: int, ceil: bool
) -> None:
    windows = [Strided(kernel, stride, dilation, left, right, ceil)]
    windows += [Transposed(kernel, stride, dilation, abs(left), 0)]
    for window in windows:
        try:
            length = window.length(n)
        except Fault:
            continue
        formula = window.formula(n)
        assert formula is not None
        around = {"floor": math.floor, "ceil": math.ceil}
        assert eval(formula.translate(WORDS), around) == length, formula
