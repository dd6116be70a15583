"""The layer table and its totals, for people."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from netspec.compiler import memory
from netspec.compiler.plan import Node, Plan
from netspec.layers.base import shape_text

_HEAD = ("layer", "", "output", "params", "MACs", "receptive field", "jump")


def render(plan: Plan) -> str:
    """The network layer by layer with totals, without a newline at the end."""
    rows = [_HEAD, *(_row(leaf) for leaf in plan.leaves)]
    totals = plan.totals
    facts = [
        ("params", f"{totals.params:,} learnable, {totals.buffers:,} in buffers"),
        ("MACs", f"{totals.macs:,} a sample"),
        ("activations", f"{size_text(totals.activation_bytes)} a sample in float32"),
        ("training", f"{size_text(totals.training_bytes)} a sample for the backward pass"),
        *_training(plan),
    ]
    if (leaf := plan.last_local) is not None:
        facts.append(("receptive field", field_text(leaf, plan)))
        facts.append(("", f"its centre unit sees {_seen(leaf)} of {shape_text(plan.input[1:])}"))
    if any(plan.never_read):
        unread = " and ".join(str(len(axis)) for axis in plan.never_read)
        facts.append(("never read", f"{unread} positions of {shape_text(plan.input[1:])}"))
    return "\n".join(
        [
            f"{plan.name}: {shape_text(plan.input)} to {shape_text(plan.output)}",
            *columns(rows, "<<<>>>>"),
            "",
            *columns(facts, "<<"),
        ]
    )


def columns(rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Rows with their cells aligned, two spaces apart; `align` is < or > for each column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def field_text(leaf: Node, plan: Plan) -> str:
    """The receptive field of a leaf in pixels, and its share of the input."""
    axes = leaf.output.axes
    if any(axis.field is None for axis in axes):
        return f"no single size at {leaf.name}"
    sizes = [axis.field.size for axis in axes if axis.field]
    shares = [100 * size / n for size, n in zip(sizes, plan.input[1:], strict=True)]
    percent = _same([f"{share:.0f} %" for share in shares])
    return f"{shape_text(tuple(sizes))} px at {leaf.name}, {percent} of the input"


def size_text(count: int) -> str:
    """Bytes as people write them: 93.4 KiB."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


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


def _row(leaf: Node) -> tuple[str, ...]:
    fields = [axis.field for axis in leaf.output.axes]
    return (
        leaf.name, leaf.kind, shape_text(leaf.output.shape), f"{leaf.params:,}", f"{leaf.macs:,}",
        _same(["-" if field is None else str(field.size) for field in fields]),
        _same([_number(field.jump) if field else "-" for field in fields]),
    )  # fmt: skip


def _same(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts) or "-"


def _number(value: int | Fraction | None) -> str:
    return "-" if value is None else str(value) if isinstance(value, int) else f"{float(value):.4g}"


def _seen(leaf: Node) -> str:
    ranges = (axis.seen for axis in leaf.output.axes)
    return ", ".join("nothing" if one is None else f"{one[0]} to {one[1]}" for one in ranges)
