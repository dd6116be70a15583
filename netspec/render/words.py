"""Figures as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netspec.language.training import Figure


def plural(n: int, word: str) -> str:
    """A number and what it counts: 1 spec, 2 specs."""
    return f"{n:,} {word}{'s' * (n != 1)}"


def share_text(share: float | None) -> str:
    """A share in percent; - where it is not known."""
    return "-" if share is None else f"{share:.2%}"


def figure_text(figure: Figure, value: float | None) -> str:
    """A figure of a task: a share in percent, or a number; - where it is not known."""
    if value is None or figure.unit == "share":
        return share_text(value)
    return f"{value:.4g}"


def figure_of(figure: Figure, value: float | None) -> str:
    """The same with its name, but for accuracy, which needs none."""
    text = figure_text(figure, value)
    return text if figure.name == "accuracy" else f"{figure.name} {text}"


def goal_text(figure: Figure, wanted: float) -> str:
    """A figure that is to be reached, with the side to reach it from where that has to be said."""
    if figure.name == "accuracy":
        return figure_text(figure, wanted)
    sign = ">=" if figure.better == "higher" else "<="
    return f"{figure.name} {sign} {figure_text(figure, wanted)}"


def growth_text(before: float, after: float) -> str:
    """A change in percent; nothing where there is no percentage of what was."""
    return f"{100 * (after - before) / before:+.1f} %" if before else ""


def size_text(count: int) -> str:
    """Bytes: 93.4 KiB."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def sizes_text(sizes: Sequence[int | None] | None) -> str:
    """A receptive field in pixels: 18, or 5 x 7; - where there is no single size."""
    return per_axis(["-" if size is None else str(size) for size in sizes or ()])


def per_axis(texts: Sequence[str]) -> str:
    """What is said of each axis, once where it is the same of all."""
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts) or "-"
