"""The layer table and its totals, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from netspec.compiler import memory
from netspec.compiler.local import Local
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.base import shape_text
from netspec.render.columns import columns
from netspec.render.look import BOLD, PLAIN, Look
from netspec.render.safe import escape
from netspec.render.words import per_axis, size_text, sizes_text

HEAD = ("layer", "", "kernel", "output", "params", "%", "MACs", "%", "field", "jump")
ALIGN = "<<<<>>>>>>"
_SPARE = (9, 2, 7, 5)
"""Columns that a narrow terminal goes without, the first one first."""


def render(plan: Plan, look: Look = PLAIN) -> str:
    """The network layer by layer with totals, without a newline at the end."""
    title = f"{escape(plan.name)}: {shape_text(plan.input)} to {shape_text(plan.output)}"
    head, *lines = layers(plan.leaves, look)
    bold = [look.paint(BOLD, line) for line in (title, head)]
    return "\n".join([*bold, *lines, "", *_facts(plan, look)])


def layers(leaves: Sequence[Node], look: Look = PLAIN) -> list[str]:
    """A row for each layer, below a head."""
    return columns([HEAD, *rows(leaves)], ALIGN, look, _SPARE)


def rows(leaves: Sequence[Node]) -> list[tuple[str, ...]]:
    """What `HEAD` names, of each layer."""
    sums = sum(leaf.params for leaf in leaves), sum(leaf.macs for leaf in leaves)
    return [_row(leaf, *sums) for leaf in leaves]


def _row(leaf: Node, params: int, macs: int) -> tuple[str, ...]:
    fields = [axis.field for axis in leaf.output.axes]
    return (
        leaf.name, leaf.kind, kernel(leaf), shape_text(leaf.output.shape),
        f"{leaf.params:,}", _share(leaf.params, params),
        f"{leaf.macs:,}", _share(leaf.macs, macs),
        sizes_text([field and field.size for field in fields]),
        per_axis([_number(field.jump) if field else "-" for field in fields]),
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole if part else 0
    return "" if not share else f"{share:.1f}" if share < 9.95 else f"{share:.0f}"


def kernel(leaf: Node) -> str:
    """Its window as `3 s2 d2`: kernel_size, and stride and dilation where they are not 1."""
    told = {**leaf.recipe.arguments} | {
        name: getattr(leaf.layer, name) for name in type(leaf.layer).model_fields
    }
    size = told.get("kernel_size")
    if size is None:
        return ""
    # torch's pools step by their kernel where nothing else is said.
    stride = size if told.get("stride") is None else told["stride"]
    marks = [
        f" {mark}{_axes(value)}"
        for mark, value in (("s", stride), ("d", told.get("dilation", 1)))
        if _axes(value) != "1"
    ]
    return _axes(size) + "".join(marks)


def _axes(value: int | Sequence[int]) -> str:
    sizes = [value] if isinstance(value, int) else value
    return "x".join(map(str, sizes if len(set(sizes)) > 1 else sizes[:1]))


def _facts(plan: Plan, look: Look) -> Iterator[str]:
    """Totals, with the words of long ones below each other."""
    from textwrap import wrap

    room = max(30, look.width - 17) if look.width else None
    for name, fact in facts(plan):
        for i, line in enumerate(wrap(fact, room) if room else [fact]):
            head = "" if i else name
            yield f"{look.paint(BOLD, head)}{'':{17 - len(head)}}{line}"


def facts(plan: Plan) -> Iterator[tuple[str, str]]:
    totals = plan.totals
    yield "params", f"{totals.params:,} learnable, {totals.buffers:,} in buffers"
    yield "MACs", f"{totals.macs:,} a sample"
    yield "activations", f"{size_text(totals.activation_bytes)} a sample in float32"
    yield "training", f"{size_text(totals.training_bytes)} a sample for the backward pass"
    yield from _training(plan)
    if (local := plan.local) is not None:
        yield "receptive field", _view(local, plan)
        if not local.apart:
            yield "", f"its centre unit sees {_seen(local)} of {shape_text(plan.input[1:])}"
    if any(plan.never_read):
        unread = " and ".join(str(len(axis)) for axis in plan.never_read)
        yield "never read", f"{unread} positions of {shape_text(plan.input[1:])}"


def _view(local: Local, plan: Plan) -> str:
    """The receptive field of the network in pixels, where it is had, and its share of the input."""
    sizes = [size for size in plan.receptive_field or () if size is not None]
    if len(sizes) < len(plan.input[1:]):
        return f"no single size at {local.node.name}"
    shares = [100 * size / n for size, n in zip(sizes, plan.input[1:], strict=True)]
    percent = per_axis([f"{share:.0f} %" for share in shares])
    return f"{shape_text(tuple(sizes))} px at {local.node.name}, {percent} of the input"


def _training(plan: Plan) -> list[tuple[str, str]]:
    """What training as `train:` says holds in memory."""
    train = plan.spec.train
    if train is None:
        return []
    held = memory.training(plan.root, train)
    total, weights, state = map(size_text, (held.total, held.weights, held.optimizer))
    parts = f"with {weights} of weights and {state} of {train.optimizer.name} state"
    turns = f" in {train.accumulate} parts" if train.accumulate > 1 else ""
    return [("", f"{total} at batch size {train.batch_size}{turns}, {parts}")]


def _number(value: int | Fraction | None) -> str:
    return "-" if value is None else str(value) if isinstance(value, int) else f"{float(value):.4g}"


def _seen(local: Local) -> str:
    return ", ".join("nothing" if one is None else f"{one[0]} to {one[1]}" for one in local.seen)
