"""A learning rate range test, for people."""

from __future__ import annotations

from netspec.language.training import Train
from netspec.render.columns import columns
from netspec.runs.range_test import Curve

_ROWS, _BAR = 20, 40


def render(train: Train, curve: Curve) -> str:
    """A row with a bar for every few steps, what is to be read from them, and how to use it."""
    step = max(1, len(curve.points) // _ROWS)
    shown = curve.points[::step]
    highest = max(point.loss for point in shown)
    rows = [("lr", "loss", "")]
    rows += [(f"{p.lr:.1e}", f"{p.loss:.3f}", "#" * round(_BAR * p.loss / highest)) for p in shown]
    key = f"optimizer.{train.optimizer.name}.lr"
    if train.scheduler and train.scheduler.traits.peak:
        key = f"scheduler.{train.scheduler.name}.{train.scheduler.traits.peak}"
    low, steep = curve.lowest, curve.steepest
    return "\n".join(
        [
            *columns(rows, ">><"),
            "",
            f"steepest at {steep.lr:.2g}, lowest at {low.lr:.2g} with a loss of {low.loss:.3f}",
            f"try {low.lr / 10:.2g} to {steep.lr:.2g}" if low.lr / 10 < steep.lr
            else f"try {steep.lr:.2g} to {low.lr / 10:.2g}",
            f"such as --set train.{key}={steep.lr:.2g}",
        ]
    )  # fmt: skip
