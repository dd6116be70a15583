"""Every figure held against torch, on specs that Hypothesis draws."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import oracle
import pytest
import torch
from hypothesis import given, settings
from strategies import LEAVES, around, disguises, networks, text

from netspec import compiler, layers, source
from netspec.compiler import Report
from netspec.flow import Flow
from netspec.plan import Node, Plan
from netspec.runtime.build import module
from netspec.source import Source

torch.set_num_threads(1)
EXAMPLES = int(os.environ.get("NETSPEC_EXAMPLES", "2000"))

STRICTER: dict[str, str] = {
    r"gives two tensors$": "a sequence passes one tensor",
    r"is the batch axis, and samples stay apart$": "torch mixes samples, or loses their axis",
    r"in place overwrites a tensor that": "what another path reads changes under it",
    r"^(Zero|Constant)Pad.d takes|^Pixel(Uns|S)huffle takes": "torch counts axes from the last",
    r"^cropping \d+ and \d+ leaves nothing of \d+$": "torch goes on with nothing but padding",
    r"^circular padding of \d+ needs": "beside a crop, torch copies what it has not written yet",
    r"^each of \d+ groups of .* has one number$": "torch refuses it too, for a batch of one",
    r"one for each axis, not 1$": "some of torch's layers spread a list of one, some do not",
    r"two for each axis, the last axis first, not \d$": "torch pads other axes than the kind's",
    r"^eps: expected at least 0": "torch gives nan",
    r"^momentum: expected at (least 0|most 1)": "torch lets statistics run away",
    r"^lambd: expected at least 0": "torch takes it as 0",
    r"^norm_type: expected more than 0": "torch gives nan or inf",
    r"^divisor_override: expected more than 0": "torch turns the sign",
    r"^scale_factor: expected more than 0, not (0|0.0|False)$": "torch takes it for none",
}
"""What netspec refuses though torch takes it, by its message, and why."""


T = TypeVar("T")


def noted(judge: Callable[[dict[str, Any]], T], spec: dict[str, Any]) -> T:
    """What a judge says about a spec, which a failure shows as YAML."""
    try:
        return judge(spec)
    except Exception as error:
        error.add_note(text(spec))
        raise


def compare(spec: dict[str, Any]) -> str:
    """Hold everything netspec says about a spec against torch; how both judged it."""
    read = source.parse(text(spec), "drawn.yaml")
    report = compiler.examine(read)
    try:
        reading = oracle.read(spec)
    except oracle.Refused as refused:
        return both_refuse(read, report, refused)
    if report.plan is None:
        assert stricter(report), f"netspec refuses, torch takes it: {said(report)}"
        return "stricter"
    compare_with(report.plan, reading)
    return "accepted"


def both_refuse(read: Source, report: Report, refused: oracle.Refused) -> str:
    assert report.plan is None, f"torch refuses, netspec takes it: {refused}"
    netspec = blamed(read, report)
    if any(is_at(path, refused.path) for path in netspec):
        return "refused"
    assert stricter(report), f"torch blames {refused.path}: {refused}, netspec {netspec}"
    return "stricter"


def stricter(report: Report) -> list[str]:
    return [part for part in STRICTER if any(re.search(part, text) for text in said(report))]


def said(report: Report) -> list[str]:
    return [found.message for found in report.diagnostics]


def blamed(read: Source, report: Report) -> list[tuple[Any, ...]]:
    """Where in the spec's data the findings of a report are."""
    places = {}
    for path in paths(read.data, ()):
        places[read.span(path, key=True)] = path
        places[read.span(path)] = path
    return [places[found.span] for found in report.diagnostics if found.span in places]


def paths(data: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data)
    found = [path]
    for key, value in inside:
        below = isinstance(value, dict | list)
        found += paths(value, (*path, key)) if below else [(*path, key)]
    return found


def is_at(path: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one of two places is inside the other."""
    return all(a == b for a, b in zip(path, other, strict=False))


def compare_with(plan: Plan, reading: oracle.Reading) -> None:
    names = [leaf.name for leaf in plan.leaves]
    stated = [(leaf.name, leaf.kind, leaf.output.shape) for leaf in plan.leaves]
    assert stated == reading.leaves
    tensors = {
        what: {
            f"{leaf.name}.{name}": shape
            for leaf in plan.leaves
            for name, shape in getattr(leaf, what).items()
        }
        for what in ("weights", "buffers")
    }
    assert list(tensors["weights"].items()) == list(reading.parameters.items())
    assert list(tensors["buffers"].items()) == list(reading.buffers.items())

    network = on_meta(plan)
    state = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert state == tensors["weights"] | tensors["buffers"]
    assert plan.totals.params == sum(p.numel() for p in network.parameters())
    assert plan.totals.buffers == sum(b.numel() for b in network.buffers())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes, flops = oracle.shapes_and_flops(network.eval(), names, plan.input)
    assert shapes == {leaf.name: leaf.output.shape for leaf in plan.leaves}
    assert 2 * plan.totals.macs == flops
    compare_training(plan)
    compare_reads(plan)


def compare_training(plan: Plan) -> None:
    """A step forwards and backwards runs; what is done in place harms nothing."""
    network = real(plan).float().train()
    for tensor in [*network.parameters(), *network.buffers()]:
        tensor.data.fill_(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = network(torch.rand(oracle.BATCH, *plan.input))
        if y.requires_grad:
            y.sum().backward()


def on_meta(plan: Plan) -> torch.nn.Module:
    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return module(plan.root)


def real(plan: Plan) -> torch.nn.Module:
    return on_meta(plan).to_empty(device="cpu").double()


def gates(plan: Plan) -> oracle.Gates:
    return {
        node.name: [axis.along for axis in node.input.axes]
        for node in nodes(plan.root)
        if node.kind == "Gate"
    }


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def compare_reads(plan: Plan) -> None:
    if len(plan.input) == 1:
        return
    names = [leaf.name for leaf in plan.leaves]
    light = oracle.reads(real(plan), names, plan.input, gates(plan))
    flows = {leaf.name: leaf.output for leaf in plan.leaves} | {"": plan.root.output}
    for name, flow in flows.items():
        more = compare_units(flow, light[name], plan.input, f"{name}")
        if more:
            dark = oracle.dark_path(lambda: real(plan), names, plan.input, gates(plan), name)
            assert dark, f"{name} reads less than netspec says: {more}"


def compare_units(flow: Flow, light: torch.Tensor, shape: tuple[int, ...], where: str) -> list[str]:
    """Where netspec says more than is true."""
    more = []
    for i, axis in enumerate(flow.axes, 1):
        true = oracle.masks(light, shape, i, axis.along)
        said = [axis.units.mask(u) << axis.units.first[u] if axis.units.mask(u) else 0
                for u in range(axis.units.count)]  # fmt: skip
        if axis.along is None:
            assert len(set(said)) == 1, f"units differ that stand nowhere: {where}"
            said = said[:1]
        assert len(said) == len(true), f"axis {i} has {len(true)} units, not {len(said)}: {where}"
        for u, (a, b) in enumerate(zip(said, true, strict=True)):
            assert a & b == b, f"axis {i} unit {u} reads {b:b}, netspec says {a:b}: {where}"
            if a != b:
                more.append(f"axis {i} unit {u} reads {b:b}, netspec says {a:b}")
    return more


MANY = {1: 150, 2: 36, 3: 16}


def compare_far_from_borders(spec: dict[str, Any]) -> int:
    """Hold size, jump and start of every unit far from the borders against torch; how many."""
    rank = len(spec["input"]) - 1
    large = spec | {"input": [spec["input"][0], *(n + MANY[rank] for n in spec["input"][1:])]}
    plan = compiler.examine(source.parse(text(large), "drawn.yaml")).plan
    if plan is None or any(leaf.output.numel > 40_000 for leaf in plan.leaves):
        return 0
    names = [leaf.name for leaf in plan.leaves]
    light = oracle.reads(real(plan), names, plan.input, gates(plan))
    held = 0
    for leaf in plan.leaves:
        for i, axis in enumerate(leaf.output.axes, 1):
            n = plan.input[i]
            if axis.field is None or axis.field.advance is None or axis.along is None:
                continue
            if axis.field.size > n // 4:
                continue
            true = oracle.masks(light[leaf.name], plan.input, i, axis.along)
            for u, mask in enumerate(true):
                stated = axis.field.at(u)
                middle = axis.field.start + u * axis.field.jump
                if not n * 3 // 8 <= middle <= n * 5 // 8:
                    continue
                found = ((mask & -mask).bit_length() - 1, mask.bit_length() - 1) if mask else None
                assert found == stated, (
                    f"{leaf.name} axis {i} unit {u} reads {found}, not {stated} of {axis.field}"
                )
                held += 1
    return held


def hold(strategy: Any, count: int) -> Counter[str]:
    """Compare `count` specs that a strategy draws; how often they were judged which way."""
    judged: Counter[str] = Counter()

    @settings(max_examples=count)
    @given(strategy)
    def each(spec: dict[str, Any]) -> None:
        judged[noted(compare, spec)] += 1

    each()
    return judged


@pytest.mark.parametrize("kind", LEAVES)
def test_each_kind_of_layer_is_what_torch_makes_of_it(kind: str) -> None:
    judged = hold(around(kind), max(EXAMPLES // len(LEAVES), 20))
    assert judged["accepted"] >= judged.total() // 10 > 0, judged


@pytest.mark.parametrize("rank", range(4))
def test_whole_networks_are_what_torch_makes_of_them(rank: int) -> None:
    judged = hold(networks(rank), EXAMPLES // 8)
    assert judged["accepted"] > judged.total() // 2


@pytest.mark.parametrize("rank", MANY)
def test_far_from_borders_units_read_as_size_jump_and_start_say(rank: int) -> None:
    held: Counter[bool] = Counter()

    @settings(max_examples=EXAMPLES // 16)
    @given(networks(rank))
    def each(spec: dict[str, Any]) -> None:
        held[noted(compare_far_from_borders, spec) > 0] += 1

    each()
    assert held[True] > held.total() // 4


@settings(max_examples=EXAMPLES // 16)
@given(disguises())
def test_blocks_variables_and_copies_mean_what_they_stand_for(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    plain, disguised = (compiler.examine(source.parse(text(spec), "drawn.yaml")) for spec in pair)
    assert (plain.plan is None) == (disguised.plan is None), [text(spec) for spec in pair]
    assert {one.code for one in plain.diagnostics} == {one.code for one in disguised.diagnostics}
    if plain.plan is not None and disguised.plan is not None:
        assert facts(plain.plan) == facts(disguised.plan), [text(spec) for spec in pair]


def facts(plan: Plan) -> list[Any]:
    leaves = [
        (leaf.name, leaf.kind, leaf.output.shape, leaf.output.axes, leaf.weights, leaf.buffers,
         leaf.macs, leaf.recipe)
        for leaf in plan.leaves
    ]  # fmt: skip
    return [*leaves, plan.totals]


CASES: dict[str, tuple[list[int], list[Any]]] = {
    "adaptive sizes of null": ([3, 5, 4], [{"AdaptiveMaxPool2d": {"output_size": [None, None]}}]),
    "one adaptive size of null": ([3, 5], [{"AdaptiveAvgPool1d": [None]}]),
    "no normalized shape": ([4, 5], [{"LayerNorm": [None]}, {"RMSNorm": [None]}]),
    "one factor for all axes": ([3, 4, 5], [{"Upsample": {"scale_factor": 2.0}}]),
    "one size for all axes": ([3, 4, 5], [{"UpsamplingNearest2d": 7}]),
    "a list of one size on two axes": ([8, 6, 6], [{"UpsamplingBilinear2d": {"size": [1]}}]),
    "nearest to the same size": ([2, 3, 6], [{"UpsamplingNearest2d": {"scale_factor": 1.3}}]),
    "nothing added to the variance": ([4, 14], [{"BatchNorm1d": {"eps": 0.0}}]),
    "a window larger than the map in 3d": (
        [3, 5, 3, 7],
        [{"LPPool3d": {"norm_type": 2, "kernel_size": [3, 4, 3], "ceil_mode": True}}],
    ),
    "a padded window larger than the map in 3d": (
        [1, 6, 1, 7],
        [{"AvgPool3d": {"kernel_size": [3, 2, 2], "padding": 1}}],
    ),
    "padding of more than half the kernel": (
        [4, 7, 4],
        [{"MaxPool2d": {"kernel_size": 3, "stride": 1, "padding": 2, "dilation": 2}}],
    ),
    "a factor with one of the positions": ([2, 7], [{"Gate": [{"Conv1d": [2, 7]}]}]),
    "a factor with all of the positions": ([2, 7], [{"Gate": [{"Conv1d": [2, 3, 1, 1]}]}]),
    "rows joined with a column": ([1, 4, 1], [{"Flatten": 2}, {"Conv1d": [1, 1, 4]}]),
    "rows joined with columns": ([1, 2, 2], [{"Flatten": 2}, {"Conv1d": [1, 1, 4]}]),
    "three axes joined, then read in turns": (
        [2, 2, 3, 4],
        [{"Flatten": 2}, {"MaxPool1d": {"kernel_size": 3, "stride": 7}}],
    ),
    "the last two of three axes joined": (
        [2, 4, 3, 2],
        [{"Conv3d": [2, 2]}, {"Flatten": 3}, {"Conv2d": [3, 2]}],
    ),
    "joined with padding that hides the rest": (
        [1, 3, 2],
        [{"ZeroPad2d": [[1, 0, 0, 1]]}, {"Flatten": 2}, {"Conv1d": [1, 1, 3]}],
    ),
    "joined axes cut again": ([1, 4, 4], [{"Flatten": 2}, {"Unflatten": [2, [4, 4]]}]),
    "pixels through channels and back": (
        [1, 4, 4],
        [{"PixelUnshuffle": 2}, {"PixelShuffle": 2}],
    ),
    "channels of branches that become pixels": (
        [1, 4, 4],
        [{"Concat": [[], [], [], [{"Conv2d": [1, 3, 1, 1]}]]}, {"PixelShuffle": 2}],
    ),
    "features that become positions": (
        [1, 2, 3],
        ["Flatten", {"Unflatten": [1, [1, 6]]}, {"Conv1d": [1, 1, 4]}],
    ),
    "positions cut into two axes, the second padded": (
        [1, 6],
        [{"Unflatten": [2, [3, 2]]}, {"Conv2d": [1, 2, 2, 1]}, {"Flatten": 2}],
    ),
    "circular padding beside a crop": (
        [2, 5, 4],
        [{"CircularPad2d": [[-1, 2, 3, -2]]}, {"Conv2d": [1, 2, 2]}],
    ),
    "in place on what a sigmoid keeps": ([2, 7], ["Sigmoid", {"ReLU": True}]),
}
"""What once was wrong."""


@pytest.mark.parametrize("case", CASES)
def test_what_once_was_wrong_agrees_with_torch(case: str) -> None:
    shape, entries = CASES[case]
    compare({"input": shape, "layers": entries})


NETWORK: dict[str, Any] = {
    "input": [4, 7, 6],
    "layers": [
        {"Conv2d": {"out_channels": 6, "kernel_size": 3, "groups": 2}},
        {"ConvTranspose2d": {"out_channels": 4, "kernel_size": 2, "groups": 2}},
        {"MaxPool2d": {"kernel_size": 2, "stride": 1}},
        "Flatten",
        {"Linear": 3},
    ],
}

MUTATIONS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "MACs of a convolution": ("Conv2d", "macs", lambda macs: macs + 1),
    "MACs of groups": ("Conv2d", "macs", lambda macs: 2 * macs),
    "MACs of a transposed convolution": ("ConvTranspose2d", "macs", lambda macs: 2 * macs),
    "MACs of a linear layer": ("Linear", "macs", lambda macs: macs + 3),
    "MACs of a pool": ("MaxPool2d", "macs", lambda macs: 1),
    "weights out of order": ("Linear", "weights", lambda found: dict(reversed(found.items()))),
    "no bias": ("Conv2d", "weights", lambda found: {"weight": found["weight"]}),
    "a buffer too many": ("Linear", "buffers", lambda found: {"steps": ()}),
    "a window too wide": ("Conv2d", "windows", lambda found: [
        window._replace(kernel=5, left=1, right=1) for window in found]),
    "a window to one side": ("MaxPool2d", "windows", lambda found: [
        window._replace(left=1, right=-1) for window in found]),
}  # fmt: skip
"""A fact of a kind of layer, made wrong."""


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_fact_that_is_wrong_is_noticed(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(NETWORK) == "accepted"
    kind, fact, wrong = MUTATIONS[mutation]
    model = layers.find(kind)
    true = getattr(model, fact)
    monkeypatch.setattr(model, fact, lambda *given: wrong(true(*given)))
    with pytest.raises(AssertionError):
        compare(NETWORK)
