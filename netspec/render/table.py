"""The layer table and its totals, for people."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from netspec.compiler import memory
from netspec.compiler.local import Local
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.layers.base import shape_text
from netspec.render.words import per_axis, size_text, sizes_text

HEAD = ("layer", "", "output", "params", "MACs", "receptive field", "jump")
ALIGN = "<<<>>>>"


def render(plan: Plan) -> str:
    """The network layer by layer with totals, without a newline at the end."""
    rows = [HEAD, *(row(leaf) for leaf in plan.leaves)]
    return "\n".join(
        [
            f"{plan.name}: {shape_text(plan.input)} to {shape_text(plan.output)}",
            *columns(rows, ALIGN),
            "",
            *columns(facts(plan), "<<"),
        ]
    )


def facts(plan: Plan) -> list[tuple[str, str]]:
    """The totals of a network, each with its name."""
    totals = plan.totals
    found = [
        ("params", f"{totals.params:,} learnable, {totals.buffers:,} in buffers"),
        ("MACs", f"{totals.macs:,} a sample"),
        ("activations", f"{size_text(totals.activation_bytes)} a sample in float32"),
        ("training", f"{size_text(totals.training_bytes)} a sample for the backward pass"),
        *_training(plan),
    ]
    if (local := plan.local) is not None:
        found.append(("receptive field", _view(local, plan)))
        if not local.apart:
            seen = f"its centre unit sees {_seen(local)} of {shape_text(plan.input[1:])}"
            found.append(("", seen))
    if any(plan.never_read):
        unread = " and ".join(str(len(axis)) for axis in plan.never_read)
        found.append(("never read", f"{unread} positions of {shape_text(plan.input[1:])}"))
    return found


def columns(rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Rows with their cells aligned, two spaces apart; `align` is < or > for each column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


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


def row(leaf: Node) -> tuple[str, ...]:
    """A layer's cells, as HEAD names them."""
    fields = [axis.field for axis in leaf.output.axes]
    return (
        leaf.name, leaf.kind, shape_text(leaf.output.shape), f"{leaf.params:,}", f"{leaf.macs:,}",
        sizes_text([field and field.size for field in fields]),
        per_axis([_number(field.jump) if field else "-" for field in fields]),
    )  # fmt: skip


def _number(value: int | Fraction | None) -> str:
    return "-" if value is None else str(value) if isinstance(value, int) else f"{float(value):.4g}"


def _seen(local: Local) -> str:
    return ", ".join("nothing" if one is None else f"{one[0]} to {one[1]}" for one in local.seen)
