"""Every layer by itself: its arguments, its documentation, what it refuses and what it keeps."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
import yaml
from torch import nn

from netspec import layers, source
from netspec.compiler import memory
from netspec.compiler import walk as compiler
from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.language.training import Train
from netspec.layers.base import Layer, Leaf, rank_of
from netspec.network.build import module
from netspec.render.table import render, size_text

torch.set_num_threads(1)

HERE = Path(layers.__file__).parent
HELPERS = {"__init__", "arguments", "base", "interpolation", "saved"}
LEAVES = [kind for kind in layers.KINDS if issubclass(layers.find(kind) or Layer, Leaf)]
kinds = pytest.mark.parametrize("kind", layers.KINDS)
leaves = pytest.mark.parametrize("kind", LEAVES)


def model_of(kind: str) -> type[Layer]:
    model = layers.find(kind)
    assert model is not None
    return model


def torch_class(kind: str) -> Any:
    return getattr(import_module(model_of(kind).module), kind)


def compiled(shape: tuple[int, ...], entries: list[Any]) -> Plan | list[Diagnostic]:
    text = yaml.safe_dump({"input": list(shape), "layers": entries})
    report = compiler.examine(source.parse(text, "layers.yaml"))
    return report.diagnostics if report.plan is None else report.plan


def plan_of(shape: tuple[int, ...], entries: list[Any]) -> Plan:
    plan = compiled(shape, entries)
    assert isinstance(plan, Plan), (shape, entries, plan)
    return plan


def holds(plan: Plan) -> None:
    """Run the network that torch builds of a plan, and hold shapes and names against it."""
    network = module(plan.root)
    assert tuple(network(torch.rand(2, *plan.input)).shape[1:]) == plan.output
    state = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert state == {
        f"{leaf.name}.{name}": shape
        for leaf in plan.leaves
        for name, shape in (leaf.weights | leaf.buffers).items()
    }


# The index


def test_the_index_names_every_class_of_every_file_and_nothing_else() -> None:
    files = {file.stem for file in HERE.glob("*.py")} - HELPERS
    found = {
        name: [
            kind
            for value in vars(import_module(f"netspec.layers.{name}")).values()
            if isinstance(value, type) and issubclass(value, Layer)
            and value.__module__ == f"netspec.layers.{name}"
            for kind in value.kinds
        ]
        for name in files
    }  # fmt: skip
    listed = {name: text.split() for name, text in layers.FAMILIES.items()}
    assert {name: sorted(listed[name]) for name in listed} == {
        name: sorted(found[name]) for name in found
    }


def test_every_module_of_torch_is_a_layer_or_has_a_reason_why_not() -> None:
    others = {"Module", "Container", "DataParallel"}
    modules = {
        name
        for name, value in vars(nn).items()
        if isinstance(value, type) and issubclass(value, nn.Module) and name not in others
        and "Loss" not in name
    }  # fmt: skip
    known = {*layers.KINDS, *layers.REFUSED}
    assert modules - known == set()
    assert set(layers.REFUSED) <= {name for name in vars(nn) if name[0].isupper()}
    assert not set(layers.KINDS) & set(layers.REFUSED)


def test_no_eight_lines_in_a_row_are_written_twice() -> None:
    places: dict[tuple[str, ...], list[str]] = {}
    for file in sorted(HERE.glob("*.py")):
        lines = [line.strip() for line in file.read_text().splitlines()]
        lines = [line for line in lines if line and not line.startswith(("from ", "import "))]
        for i in range(len(lines) - 7):
            places.setdefault(tuple(lines[i : i + 8]), []).append(file.name)
    assert len(places) > 1000
    assert {lines[0]: files for lines, files in places.items() if len(files) > 1} == {}


# Arguments


OWN_DEFAULTS = {
    "Softmax": {"dim": 1}, "LogSoftmax": {"dim": 1}, "Softmin": {"dim": 1},
    "LayerNorm": {"normalized_shape": None}, "RMSNorm": {"normalized_shape": None},
}  # fmt: skip
"""Where torch has none, or one that it warns of."""
INFERRED = {"in_channels", "in_features", "num_features", "num_channels", "device", "dtype"}
LEFT_OUT = {
    # Deprecated in torch.
    "Hardtanh": {"min_value", "max_value"},
    # Newer than the oldest torch that netspec builds with; LayerNorm's is as old.
    **{
        kind: {"bias"}
        for kind in (
            "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm",
            "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
        )
    },
}  # fmt: skip


@leaves
def test_arguments_have_torchs_names_order_and_defaults(kind: str) -> None:
    if kind in ("Identity", "Sigmoid", "Tanh", "Softsign", "Tanhshrink", "LogSigmoid", "Softmax2d"):
        assert not model_of(kind).model_fields
        return
    skip = INFERRED | LEFT_OUT.get(kind, set())
    wanted = {
        name: OWN_DEFAULTS.get(kind, {}).get(name, parameter.default)
        for name, parameter in inspect.signature(torch_class(kind)).parameters.items()
        if name not in skip
    }
    fields = model_of(kind).model_fields
    assert list(fields) == list(wanted)
    for name, field in fields.items():
        missing = inspect.Parameter.empty if field.is_required() else field.default
        assert (name, missing) == (name, wanted[name])


# Documentation


SHAPES = [(4, 8, 8), (3, 8, 8), (48,), (4, 8), (4, 8, 8, 8)]


def example(kind: str) -> list[Any]:
    """The example of a class's docstring, for one of its kinds."""
    documented = re.search(r"```yaml\n(.*?)```", inspect.getdoc(model_of(kind)) or "", re.DOTALL)
    assert documented, f"{kind} has no example"
    entries = yaml.safe_load(documented[1])
    base, family = kind.removesuffix(kind[-2:] if rank_of(kind) else ""), model_of(kind).kinds
    assert any(re.search(rf"\b{one}\b", documented[1]) for one in family), f"{base}: another's"
    return list(entries)


@pytest.mark.parametrize("kind", sorted({model_of(kind).kinds[0] for kind in layers.KINDS}))
def test_the_example_of_a_docstring_is_what_torch_builds_and_runs(kind: str) -> None:
    entries = example(kind)
    plans = [plan for shape in SHAPES if isinstance(plan := compiled(shape, entries), Plan)]
    assert plans
    for plan in plans:
        holds(plan)


@kinds
def test_a_docstring_starts_with_one_line_that_ends_like_a_sentence_and_has_a_shape(
    kind: str,
) -> None:
    first, _, rest = (inspect.getdoc(model_of(kind)) or "").partition("\n")
    assert first.endswith(".")
    assert not rest.split("\n")[0]


# What torch refuses


def conv(**more: Any) -> dict[str, Any]:
    return {"Conv2d": {"out_channels": 4, "kernel_size": 3} | more}


def transposed(**more: Any) -> dict[str, Any]:
    return {"ConvTranspose2d": {"out_channels": 4, "kernel_size": 3} | more}


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
    ((4, 1, 1), "InstanceNorm2d", "over the one position"),
    ((4, 8, 8), {"GroupNorm": 3}, "num_groups 3 do not divide 4 channels"),
    ((4, 8, 8), {"BatchNorm2d": {"eps": 0}}, "eps: expected more than 0"),
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
                "num_channels": shape[0]}  # fmt: skip
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


# Writing in place


CONV, OVERWRITE = {"Conv2d": [4, 1]}, {"ReLU": True}

SHARED: dict[str, list[Any]] = {
    "what the shortcut reads": [CONV, {"Residual": [OVERWRITE, CONV]}],
    "what the body read": [CONV, {"Residual": {"body": [CONV], "shortcut": [OVERWRITE]}}],
    "what another branch reads": [CONV, {"Concat": [[CONV], [OVERWRITE]]}],
    "what is gated": [CONV, {"Gate": [OVERWRITE, CONV]}],
    "it through a view": [CONV, {"Residual": ["Identity", OVERWRITE]}],
    "it deep inside": [CONV, {"Residual": [{"Sequential": [{"Sequential": [OVERWRITE]}]}]}],
    "it where dropout passes it on in evaluation": [CONV, {"Residual": [{"Dropout": 0.5},
                                                                        OVERWRITE]}],
    "what sigmoid saved": [CONV, "Sigmoid", OVERWRITE],
    "what sigmoid saved through a view": [CONV, "Sigmoid", "Flatten", OVERWRITE],
    "what it saved in place": [CONV, OVERWRITE, OVERWRITE],
}  # fmt: skip
OWNED: dict[str, list[Any]] = {
    "a convolution's": [CONV, OVERWRITE],
    "the only branch's": [CONV, {"Concat": [[OVERWRITE]]}],
    "batch norm's": [CONV, "BatchNorm2d", OVERWRITE],
    "a sum": [{"Residual": [CONV]}, OVERWRITE],
    "a product": [{"Gate": [CONV, "Sigmoid"]}, OVERWRITE],
    "a concatenation": [CONV, {"Concat": [["Sigmoid"]]}, OVERWRITE],
    "inside a body, once it is the body's own": [{"Residual": [CONV, OVERWRITE, CONV]}],
    "dropout's, over a sigmoid": [CONV, "Sigmoid", {"Dropout": 0.5}, OVERWRITE],
}  # fmt: skip


@pytest.mark.parametrize("entries", SHARED.values(), ids=SHARED)
def test_a_layer_does_not_overwrite(entries: list[Any]) -> None:
    found = compiled((4, 6, 6), entries)
    assert isinstance(found, list)
    assert [one.code for one in found] == ["overwrites-input"]


@pytest.mark.parametrize("entries", OWNED.values(), ids=OWNED)
def test_a_layer_may_overwrite(entries: list[Any]) -> None:
    network = module(plan_of((4, 6, 6), entries).root)
    x = torch.rand(2, 4, 6, 6)
    before = x.clone()
    network(x).sum().backward()
    assert torch.equal(x, before)


# Composites


NESTED: dict[str, list[Any]] = {
    "flat features side by side": ["Flatten", {"Concat": [[{"Linear": 3}], [{"Linear": 5}], []]}],
    "a global branch beside a local one": [
        {"Residual": {"body": [CONV], "shortcut": [{"AdaptiveAvgPool2d": 1},
                                                   {"Upsample": {"size": 6}}]}},
    ],
    "a residual of a concat of a gate": [
        {"Residual": [{"Concat": [[{"Gate": [CONV, "Sigmoid"]}], [CONV]]}, CONV]},
    ],
    "an empty residual": [{"Residual": []}, {"Concat": [[], []]}, {"Gate": []}],
    "spatial and channel gates": [
        {"Gate": [{"Conv2d": [1, 3, 1, 1]}, "Sigmoid"]},
        {"Gate": [{"AdaptiveAvgPool2d": 1}, CONV, "Sigmoid"]},
        {"Gate": [{"AdaptiveAvgPool2d": [[1, None]]}, "Sigmoid"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("entries", NESTED.values(), ids=NESTED)
def test_composites_are_wired_as_their_names_say(entries: list[Any]) -> None:
    plan = plan_of((4, 6, 6), entries)
    holds(plan)
    assert_kept(plan)


@pytest.mark.parametrize(
    "body",
    [
        [{"AdaptiveAvgPool2d": 1}, {"Upsample": {"size": 8}}],
        [{"AdaptiveAvgPool2d": 3}, {"Upsample": {"size": 8}}],
        [{"Conv2d": {"out_channels": 4, "kernel_size": 3, "stride": 2}},
         {"Upsample": {"size": 8, "mode": "bilinear"}}],
    ],
)  # fmt: skip
def test_paths_of_different_jumps_add_up_to_no_field(body: list[Any]) -> None:
    plan = plan_of((4, 8, 8), [{"Residual": body}])
    assert [axis.field for axis in plan.root.output.axes] == [None, None]


def test_a_pooled_gate_is_context_and_a_gate_of_every_position_is_a_path() -> None:
    pooled = plan_of((4, 9, 9), [{"Gate": [{"AdaptiveAvgPool2d": 1}, "Sigmoid"]}]).root.output
    local = plan_of((4, 9, 9), [{"Gate": [{"Conv2d": [1, 5, 1, 2]}, "Sigmoid"]}]).root.output
    assert [axis.seen for axis in pooled.axes] == [(4, 4), (4, 4)]
    assert pooled.global_context
    assert [axis.seen for axis in local.axes] == [(2, 6), (2, 6)]
    assert not local.global_context


# Memory


def saved_bytes(plan: Plan, batch: int) -> int:
    """What torch's hooks see saved in training, each storage once, weights and buffers left out."""
    network = module(plan.root).train()
    own = [*network.parameters(), *network.buffers()]
    seen = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        seen[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = network(torch.rand(batch, *plan.input))
    for tensor in own:
        seen.pop(tensor.untyped_storage().data_ptr(), None)
    del y
    return sum(storage.nbytes() for storage in seen.values())


def assert_kept(plan: Plan) -> None:
    kept = memory.kept(plan.root)
    assert plan.totals.training_bytes == kept.sample + kept.batch
    for batch in (2, 3):
        assert saved_bytes(plan, batch) == batch * kept.sample + kept.batch


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
    "BatchNorm": [{}, {"affine": False}, {"track_running_stats": False}],
    "InstanceNorm": [{"affine": affine, "track_running_stats": track}
                     for affine in (True, False) for track in (True, False)],
    "GroupNorm": [1, 2, {"num_groups": 2, "affine": False}],
    "LayerNorm": [{}, {"elementwise_affine": False}],
    "RMSNorm": [{}, {"elementwise_affine": False}],
    "LocalResponseNorm": [1, 2, 5], "StochasticDepth": [[0.5, "row"], [0.5, "batch"], [0, "row"]],
    "ZeroPad": [1, -1], "ConstantPad": [[1, 2]], "ReflectionPad": [1], "ReplicationPad": [1],
    "CircularPad": [1, 0], "PixelShuffle": [2, 1], "PixelUnshuffle": [2, 1],
    "ChannelShuffle": [2, 1], "Threshold": [[0.1, 0.2]], "PReLU": [1, 4],
    "Unflatten": [[1, [2, 2]]],
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
        for variant in VARIANTS.get(base, [{}]):
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
                # By itself, behind one that saves its output, and before two that save their input.
                for chain in (
                    [entry], [before, entry], [before, "Sigmoid", entry, "Mish", "Flatten",
                                               {"Linear": 2}],
                ):  # fmt: skip
                    plan = compiled((4, *lengths), chain)
                    if isinstance(plan, Plan):
                        assert_kept(plan)
    assert checked


def test_a_tensor_that_neighbours_share_counts_once() -> None:
    chain = [CONV, OVERWRITE, CONV, {"ReLU": False}, CONV]
    assert memory.kept(plan_of((4, 6, 6), chain).root) == (3 * 4 * 4 * 36, 0)
    assert_kept(plan_of((4, 6, 6), chain))


def test_training_holds_weights_gradients_state_and_what_autograd_keeps() -> None:
    plan = plan_of((4, 6, 6), [CONV, "BatchNorm2d"])
    train = {"data": {"dataset": "digits"}, "batch_size": 10, "epochs": 1, "optimizer": "Adam"}
    held = memory.training(plan.root, Train.model_validate(train))
    weights, images, statistics = 4 * 28, 4 * 4 * 36, 4 * 9
    assert held == (weights, statistics, weights, 2 * weights, 0, 10 * 2 * images + 32)
    assert held.total == sum(held)


def test_torchvisions_layer_is_built_from_its_own_room() -> None:
    plan = plan_of((4, 6, 6), [{"StochasticDepth": [0.5, "row"]}])
    assert isinstance(module(plan.root)[0], torchvision.ops.StochasticDepth)


def test_channels_count_together_also_where_they_part_again() -> None:
    plan = plan_of((1, 4, 4), [{"PixelUnshuffle": 2}, {"PixelShuffle": 2}])
    for axis in plan.root.output.axes:
        assert [axis.units.seen(i) for i in range(4)] == [(0, 1), (0, 1), (2, 3), (2, 3)]


def test_a_report_tells_what_training_holds() -> None:
    layers = [{"Conv2d": [4, 3]}, "ReLU", "Flatten", {"Linear": 10}]
    train = {
        "data": {"dataset": "MNIST"}, "epochs": 1, "batch_size": 100, "optimizer": {"Adam": {}}
    }  # fmt: skip
    given = {"input": [1, 9, 9], "layers": layers}
    alone, trained = (
        render(compiler.compile(source.parse(yaml.safe_dump(spec), "spec.yaml")))
        for spec in (given, given | {"train": train})
    )
    sample = 4 * (81 + 4 * 49)
    # Weights, gradients and Adam's two numbers for each weight, and a hundred samples.
    total = 4 * 2010 * 4 + 100 * sample
    assert f"training         {size_text(sample)} a sample for the backward pass\n" in alone
    assert "batch size" not in alone
    assert (
        f"{size_text(total)} at batch size 100, with {size_text(4 * 2010)} of weights and "
        f"{size_text(2 * 4 * 2010)} of Adam state\n"
    ) in trained
