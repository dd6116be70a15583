"""Every figure of a plan held against torch."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import light
import oracle
import torch
from strategies import text

from netspec import compiler, source
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.flow import Flow
from netspec.flow.receptive_field import Field
from netspec.layers.base import Composite
from netspec.layers.roles import Join, Wiring
from netspec.network.build import module
from netspec.report import Report
from netspec.source import Source

torch.set_num_threads(1)

STRICTER: dict[str, str] = {
    r"^dropout: expected less than 1": "nothing is left of what attention reads",
    r"gives two tensors$": "a sequence passes one tensor",
    r"is the batch axis, and samples stay apart$": "torch mixes samples, or loses their axis",
    r"^the body gives .*, the shortcut": "torch spreads one over the other",
    r"^(branch )?\w+ gives \(.*\), (branch )?\w+ \(": "torch spreads one over the other",
    r"^a factor of .* does not spread over": "torch spreads the input over the factor",
    r"in place overwrites a tensor that": "what another path reads changes under it",
    r"^(Zero|Constant)Pad.d takes|^Pixel(Uns|S)huffle takes": "torch counts axes from the last",
    r"^AdaptiveAvgPool.d takes": "torch takes a mean of any axes, where one window is asked for",
    r"^dilation: expected at least 1, not 0$": "torch overlooks it where a kernel has one tap",
    r"^cropping \d+ and \d+ leaves nothing of \d+$": "torch goes around nothing, with CircularPad",
    r"^circular padding of \d+ needs": "beside a crop, torch copies what it has not written yet",
    r"^each of \d+ groups of .* has one number$": "torch refuses it too, for a batch of one",
    r"one for each axis, not 1$": "some of torch's layers spread a list of one, some do not",
    r"two for each axis, the last axis first, not \d$": "torch pads other axes than the kind's",
    r"^eps: expected at least 0": "torch gives nan",
    r"^eps: expected more than 0": "old versions of torch take it, and divide by a variance of 0",
    r"^eps: expected less than 1": "what is added drowns the variance",
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
    assert plan.totals.buffers == sum(b.numel() for _, b in oracle.kept_buffers(network))
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


def standing(plan: Plan) -> light.Places:
    return {
        node.name: light.Place(
            node.input.channels,
            factors(node) if isinstance(node.role, Join) and node.role.by == "multiply" else [],
        )
        for node in plan.root.nodes()
    }


def factors(gate: Node) -> list[light.Factor]:
    """For what each factor of a gate is multiplied with, what stands where."""
    ends = [child.output for child in gate.children]
    product, *factors = [gate.input] * (len(ends) == 1) + ends
    found = []
    for factor in factors:
        along = [axis.along for axis in product.axes]
        others = [axis.along for axis in factor.axes]
        found.append(light.Factor(along, others, product.channels))
        product = product.gate(factor)
    return found


def compare_reads(plan: Plan) -> None:
    if len(plan.input) == 1:
        return
    names = [leaf.name for leaf in plan.leaves]
    shown = light.reads(real(plan), names, plan.input, standing(plan))
    flows = {leaf.name: leaf.output for leaf in plan.leaves} | {"": plan.root.output}
    for name, flow in flows.items():
        for along, unit, said in compare_units(flow, shown[name], plan.input, f"{name}"):
            dark = light.dark_path(
                lambda: real(plan), names, plan.input, standing(plan),
                partial(is_dark, name, along, unit),
            )  # fmt: skip
            assert dark or crossed(plan), f"{name} reads less than netspec says: {said}"
        compare_centre(plan, names, name, flow, shown[name])


def crossed(plan: Plan) -> bool:
    """Whether units of paths that are joined stand along different axes, as rows and columns do.

    Each is then told to read all that any of them reads, and reads a row and a column.
    """
    for node in plan.root.nodes():
        flows = {"input": node.input} | {
            child.name.rpartition(".")[2]: child.output for child in node.children
        }
        joints: list[list[Flow]] = []
        if isinstance(node.role, Join):
            beside = node.role.by == "multiply" and len(node.children) == 1
            joints = [list(flows.values())[not beside :]]
        elif isinstance(node.role, Wiring) and isinstance(node.layer, Composite):
            reads = node.layer.reads().values()
            joints = [[flows[source] for source in sources] for sources in reads]
        for ends in joints:
            stands = ({axis.along for axis in axes} - {None} for axes in zip(*(
                end.axes for end in ends), strict=True))  # fmt: skip
            if any(len(along) > 1 for along in stands):
                return True
    return False


def is_dark(name: str, along: int | None, unit: int, way: dict[str, torch.Tensor]) -> bool:
    """Whether units of a leaf, those at one place along an axis, read nothing."""
    light = way[name]
    return not (light if along is None else light.select(along + 1, unit)).any()


def compare_units(
    flow: Flow, shown: torch.Tensor, shape: tuple[int, ...], where: str
) -> list[tuple[int | None, int, str]]:
    """Where netspec says more than is true: an axis, the place along it, and the two in words."""
    more = []
    for i, axis in enumerate(flow.axes, 1):
        true = light.masks(shown, shape, i, axis.along)
        said = [axis.units.mask(u) << axis.units.first[u] if axis.units.mask(u) else 0
                for u in range(axis.units.count)]  # fmt: skip
        if axis.along is None:
            assert len(set(said)) == 1, f"units differ that stand nowhere: {where}"
            said = said[:1]
        assert len(said) == len(true), f"axis {i} has {len(true)} units, not {len(said)}: {where}"
        for u, (a, b) in enumerate(zip(said, true, strict=True)):
            assert a & b == b, f"axis {i} unit {u} reads {b:b}, netspec says {a:b}: {where}"
            if a != b:
                told = f"axis {i} unit {u} reads {b:b}, netspec says {a:b}"
                more.append((axis.along, u, told))
    return more


def compare_centre(
    plan: Plan, names: list[str], name: str, flow: Flow, shown: torch.Tensor
) -> None:
    """Hold what the unit in the middle sees, on all axes together, against torch."""
    along = [axis.along for axis in flow.axes]
    true = light.centre(shown, plan.input, along)
    if flow.seen == true:
        return
    for said, ends in zip(flow.seen, true, strict=True):
        inside = ends is None or (said and said[0] <= ends[0] <= ends[1] <= said[1])
        assert inside, f"the centre of {name} sees {true}, netspec says {flow.seen}"
    dark = light.dark_path(
        lambda: real(plan), names, plan.input, standing(plan),
        lambda way: None in light.centre(way[name], plan.input, along),
    )  # fmt: skip
    assert dark or crossed(plan), (
        f"the centre of {name} sees less than netspec says: {true}, {flow.seen}"
    )


def far(field: Field, u: int, n: int, count: int) -> bool:
    """Whether unit `u` of `count` is far from the borders of an axis of `n` pixels."""
    if field.jump is not None:
        return n * 3 // 8 <= field.start + u * field.jump <= n * 5 // 8
    # Lines after one another: far from the first and the last, and within a line.
    stretch = field.at(u)
    within = stretch is None or 0 <= stretch[0] <= stretch[1] < n
    return within and count * 3 // 8 <= u <= count * 5 // 8


MANY = {1: 150, 2: 36, 3: 16}


def compare_far_from_borders(spec: dict[str, Any]) -> int:
    """Hold size, jump and start of every unit far from the borders against torch; how many."""
    rank = len(spec["input"]) - 1
    large = spec | {"input": [spec["input"][0], *(n + MANY[rank] for n in spec["input"][1:])]}
    plan = compiler.examine(source.parse(text(large), "drawn.yaml")).plan
    if plan is None or any(leaf.output.numel > 40_000 for leaf in plan.leaves):
        return 0
    names = [leaf.name for leaf in plan.leaves]
    shown = light.reads(real(plan), names, plan.input, standing(plan))
    held = 0
    for leaf in plan.leaves:
        for i, axis in enumerate(leaf.output.axes, 1):
            n = plan.input[i]
            if axis.field is None or axis.field.advance is None or axis.along is None:
                continue
            if axis.field.size > n // 4:
                continue
            true = light.masks(shown[leaf.name], plan.input, i, axis.along)
            for u, mask in enumerate(true):
                stated = axis.field.at(u)
                if not far(axis.field, u, n, len(true)):
                    continue
                found = ((mask & -mask).bit_length() - 1, mask.bit_length() - 1) if mask else None
                assert found == stated, (
                    f"{leaf.name} axis {i} unit {u} reads {found}, not {stated} of {axis.field}"
                )
                held += 1
    return held
