"""What autograd keeps of each layer."""

from __future__ import annotations

from typing import Any

import pytest
from plans import CONV, OVERWRITE, compiled, conv, documented, leaves, model_of, plan_of, transposed
from saved import assert_kept, describe

from netspec.compiler import memory
from netspec.compiler.plan import Plan
from netspec.layers.base import rank_of

VARIANTS: dict[str, list[Any]] = {
    "Conv": [
        [4, 3], conv(padding=1, padding_mode="reflect"), conv(padding=1, padding_mode="replicate"),
        conv(padding=1, padding_mode="circular"), conv(padding_mode="circular"),
        {"out_channels": 4, "kernel_size": 2, "padding": "same"}, conv(padding="same"),
        conv(groups=2, bias=False),
    ],
    "ConvTranspose": [[4, 2, 2], transposed(stride=2, output_padding=1, groups=2)],
    "Linear": [3, {"out_features": 3, "bias": False}],
    "MaxPool": [2, {"kernel_size": 3, "stride": 1, "padding": 1}],
    "AvgPool": [2], "LPPool": [[2, 2], [1, 3, 1]],
    "AdaptiveAvgPool": [1, 2, 6], "AdaptiveMaxPool": [1, 2],
    "BatchNorm": [{}, {"affine": False}, {"track_running_stats": False}, {"bias": False}],
    "InstanceNorm": [{"affine": affine, "track_running_stats": track} | bias
                     for affine in (True, False) for track in (True, False)
                     for bias in ({}, {"bias": False})],
    "GroupNorm": [1, 2, {"num_groups": 2, "affine": False}, {"num_groups": 2, "bias": False}],
    "LayerNorm": [{}, {"elementwise_affine": False}],
    "RMSNorm": [{}, {"elementwise_affine": False}],
    "LocalResponseNorm": [1, 2, 5], "StochasticDepth": [[0.5, "row"], [0.5, "batch"], [0, "row"]],
    "ZeroPad": [1, -1], "ConstantPad": [[1, 2]], "ReflectionPad": [1], "ReplicationPad": [1],
    "CircularPad": [1, 0], "PixelShuffle": [2, 1], "PixelUnshuffle": [2, 1],
    "ChannelShuffle": [2, 1], "Threshold": [[0.1, 0.2]], "PReLU": [1, 4],
    "Unflatten": [[1, [2, 2]]],
    "Permute": [{"dims": [*order]} for order in ("0", "10", "01", "120", "0123", "3102")
                for order in [map(int, order)]],
    "SelfAttention": [2, {"num_heads": 3, "bias": False}, [1, 0.2]],
    "Slice": [{"dim": 0, "stop": 2}, {"dim": -1, "step": 2}, {"dim": 0}],
    "Select": [[0, 1], [-1, 0], [1, 2]],
    "Mean": [0, -1, {"dim": [0], "keepdim": True}, [[0, -1], True], [[1, 2]]],
    "Affine": [{}, {"scale": 2}, {"scale": [1, 2, 3, 4], "shift": [4, 3, 2, 1]}],
    "Scale": [{}, [0.5, -1]], "ChannelPad": [[0, 0], [1, 2]],
    "Upsample": [{"scale_factor": 2, "mode": mode} for mode in ("nearest", "nearest-exact", "area")]
                + [{"size": 1, "mode": "area"}],
    "UpsamplingNearest": [{"size": 7}], "UpsamplingBilinear": [{"size": 7}],
    "Dropout": [{}, 0, 1], "AlphaDropout": [{}, 0, 1], "FeatureAlphaDropout": [{}, 0, 1],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@leaves
def test_autograd_keeps_what_a_layer_says_it_does(kind: str) -> None:
    rank = rank_of(kind)
    base = kind[:-2] if rank else kind
    ranks = [rank] if rank else {"PixelShuffle": [2], "PixelUnshuffle": [2]}.get(kind, range(4))
    checked = 0
    for rank in ranks:
        lengths, before = [6] * rank, {f"Conv{rank}d": [4, 1]} if rank else {"Linear": 4}
        for variant in VARIANTS.get(base) or [documented(kind)[kind]]:
            given = next(iter(variant.values())) if isinstance(variant, dict) and (
                next(iter(variant), "")[:4] == "Conv") else variant  # fmt: skip
            entries = [{kind: given}]
            if "inplace" in model_of(kind).model_fields:
                names = list(model_of(kind).model_fields)
                values = given if isinstance(given, list | dict) else [given]
                named = values if isinstance(values, dict) else dict(
                    zip(names, values, strict=False))  # fmt: skip
                entries.append({kind: named | {"inplace": True}})
            for entry in entries:
                checked += isinstance(compiled((4, *lengths), [before, entry]), Plan)
                # By itself, before one that saves its input, behind one that saves its output, and
                # before two that save their input.
                for chain in (
                    [entry], [before, entry, "Mish"],
                    [before, "Sigmoid", entry, "Mish", "Flatten", {"Linear": 2}],
                ):  # fmt: skip
                    plan = compiled((4, *lengths), chain)
                    if isinstance(plan, Plan):
                        assert_kept(plan)
    assert checked


def test_a_tensor_that_neighbours_share_counts_once() -> None:
    chain = [CONV, OVERWRITE, CONV, {"ReLU": False}, CONV]
    assert memory.kept(plan_of((4, 6, 6), chain).root) == (3 * 4 * 4 * 36, 0)
    assert_kept(plan_of((4, 6, 6), chain))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("nn.SiLU()", ["a gradient: Saved(input=True)"]),
        ("nn.Sigmoid()", ["a gradient: Saved(output=True)"]),
        ("nn.ReLU(inplace=True)", ["a gradient: Saved(output=True)"]),
        ("nn.MaxPool2d(2)", ["a gradient: Saved(input=True, sample=256)"]),
        ("nn.Flatten()", ["a gradient: Saved()"]),
        ("nn.BatchNorm2d(8)", ["a gradient: Saved(input=True, batch=64)",
                               "none: Saved(input=True, batch=64)"]),
        ("nn.RMSNorm((8, 4, 4))", ["a gradient: Saved(input=True, sample=516)",
                                   "none: Saved(sample=512)"]),
    ],
)  # fmt: skip
def test_the_program_beside_the_tests_says_what_a_module_keeps(
    written: str, told: list[str]
) -> None:
    assert [line.partition("needs ")[2] for line in describe(written, (8, 4, 4))] == told
