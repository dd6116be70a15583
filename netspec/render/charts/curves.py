"""Curves as plain SVG that can be read with scripts off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

from netspec.render.charts.axis import Axis, round_numbers
from netspec.render.web import escaped as text

WIDTH, HEIGHT = 360, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 10, 26, 30
_DOTS = 40
"""Epochs up to which each has a dot."""


class Series(NamedTuple):
    name: str
    style: str
    """The class of its line: train or judged."""
    values: Sequence[float]
    """One for each epoch; those that are not finite leave a gap."""


class Chart(NamedTuple):
    title: str
    series: Sequence[Series]
    told: Callable[[float], str]
    """A value as people read it."""
    tick: Callable[[float], str]
    """One beside the axis."""
    goal: float | None = None


def chart(epochs: Sequence[float], drawn: Chart) -> str:
    """The curves of some figures over epochs, of which there are at least two."""
    every = [value for one in drawn.series for value in one.values]
    axis = Axis([*every, *([] if drawn.goal is None else [drawn.goal])])
    parts = [_frame(epochs, axis, drawn)]
    if drawn.goal is not None:
        y = _y(axis, drawn.goal)
        parts.append(f'<path class="goal" d="M{_LEFT} {y}H{WIDTH - _RIGHT}"/>')
    parts += [_line(epochs, axis, one) for one in drawn.series]
    parts.append(_legend(drawn))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{text(_said(epochs, drawn))}">{"".join(parts)}</svg>'
    )


def places(epochs: Sequence[float]) -> list[float]:
    """Where each epoch is from the left of a picture."""
    first, last = epochs[0], epochs[-1]
    wide = WIDTH - _LEFT - _RIGHT - 8
    return [round(_LEFT + 4 + wide * (one - first) / (last - first), 1) for one in epochs]


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * axis.at(value), 1)


def _frame(epochs: Sequence[float], axis: Axis, drawn: Chart) -> str:
    parts = []
    for tick in axis.ticks:
        y = _y(axis, tick)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{WIDTH - _RIGHT}"/>')
        parts.append(_text(_LEFT - 5, y + 4, "end", drawn.tick(tick)))
    low = HEIGHT - _BOTTOM
    parts.append(f'<path class="axis" d="M{_LEFT} {_TOP}V{low}H{WIDTH - _RIGHT}"/>')
    across = dict(zip(epochs, places(epochs), strict=True))
    ticks = [tick for tick in round_numbers(epochs[0], epochs[-1], 6) if tick in across]
    parts += [_text(across[tick], low + 14, "middle", f"{tick:.0f}") for tick in ticks]
    parts.append(_text((WIDTH + _LEFT) / 2, HEIGHT - 3, "middle", "epoch"))
    return "".join(parts)


def _line(epochs: Sequence[float], axis: Axis, one: Series) -> str:
    path, dots, down = [], [], False
    for x, value in zip(places(epochs), one.values, strict=True):
        if not isfinite(value):
            down = False
            continue
        y = _y(axis, value)
        path.append(f"{'L' if down else 'M'}{x} {y}")
        down = True
        if len(epochs) <= _DOTS:
            dots.append(f'<circle class="{one.style}" cx="{x}" cy="{y}" r="2.2"/>')
    return f'<path class="{one.style}" d="{"".join(path)}"/>{"".join(dots)}'


def _legend(drawn: Chart) -> str:
    parts, x = [], float(_LEFT)
    names = [(one.style, one.name) for one in drawn.series if one.name]
    names += [] if drawn.goal is None else [("goal", f"goal {drawn.told(drawn.goal)}")]
    for style, name in names:
        parts.append(f'<path class="{style}" d="M{x:.0f} 12h18"/>')
        parts.append(_text(x + 22, 16, "start", name))
        x += 36 + 6.2 * len(name)
    return "".join(parts)


def _text(x: float, y: float, anchor: str, told: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text(told)}</text>'


def _said(epochs: Sequence[float], drawn: Chart) -> str:
    """The picture in words."""
    told = "; ".join(
        f"{one.name} from {drawn.told(one.values[0])} to {drawn.told(one.values[-1])}".strip()
        for one in drawn.series
    )
    return f"{drawn.title}, epochs {epochs[0]:.0f} to {epochs[-1]:.0f}: {told}"
