"""Many things with many values each, as lines across upright axes, and a value against another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from netspec.render.charts.axis import Axis
from netspec.render.web import escaped as text

WIDTH, HEIGHT = 720, 300
_SIDE, _TOP, _BOTTOM = 60, 40, 20
SMALL = 240
"""The sides of a scatter are this and three quarters of it."""


class Column(NamedTuple):
    """What is known of each thing under one name; None where it is not."""

    name: str
    values: Sequence[Any]
    told: Callable[[Any], str]
    """A value, or a round number beside the axis."""


class Scale:
    """A column along a stretch: numbers at their place, anything else spread evenly."""

    def __init__(self, column: Column) -> None:
        known = [value for value in column.values if value is not None]
        self._axis = Axis(known) if known and all(map(_number, known)) else None
        self._words = list(dict.fromkeys(map(column.told, known)))
        self._told = column.told

    def at(self, value: Any) -> float:
        """Its place, from 0 to 1."""
        if self._axis:
            return self._axis.at(value)
        return (self._words.index(self._told(value)) + 0.5) / len(self._words)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places, and what stands there."""
        if self._axis:
            return [(self._axis.at(tick), self._told(tick)) for tick in self._axis.ticks]
        return [((i + 0.5) / len(self._words), word) for i, word in enumerate(self._words)]


def parallel(columns: Sequence[Column], styles: Sequence[str], label: str) -> str:
    """A line for each thing, of the class that `styles` gives it; what is not known leaves a gap.

    Lines come in the order of things, the last on top, and have their number as `data-thing`.
    """
    step = (WIDTH - 2 * _SIDE) / max(len(columns) - 1, 1)
    across = [round(_SIDE + step * i, 1) for i in range(len(columns))]
    scales = [Scale(column) for column in columns]
    parts = []
    for thing, style in enumerate(styles):
        path, down = [], False
        for x, column, scale in zip(across, columns, scales, strict=True):
            value = column.values[thing]
            if value is not None:
                path.append(f"{'L' if down else 'M'}{x} {_down(scale.at(value), HEIGHT)}")
            down = value is not None
        parts.append(f'<path class="thing {style}" data-thing="{thing}" d="{"".join(path)}"/>')
    for i, (x, column, scale) in enumerate(zip(across, columns, scales, strict=True)):
        parts.append(f'<path class="axis" d="M{x} {_TOP}V{HEIGHT - _BOTTOM}"/>')
        parts.append(_text(x, 14 + 14 * (i % 2), "middle", column.name))
        for place, words in scale.ticks:
            parts.append(_text(x - 4, _down(place, HEIGHT) + 4, "end", words))
    return _svg("parallel", WIDTH, HEIGHT, label, parts)


def scatter(x: Column, y: Column, styles: Sequence[str]) -> str:
    """A dot for each thing that has both."""
    across, up, high = Scale(x), Scale(y), 3 * SMALL // 4
    parts = []
    for place, words in up.ticks:
        parts.append(_text(_SIDE - 6, _down(place, high) + 4, "end", words))
    every = across.ticks
    for place, words in every[:: -(-len(every) // 4) or 1]:
        parts.append(_text(_right(place), high - 6, "middle", words))
    parts.append(f'<path class="axis" d="M{_SIDE} {_TOP}V{high - _BOTTOM}H{SMALL - 10}"/>')
    for thing, style in enumerate(styles):
        a, b = x.values[thing], y.values[thing]
        if a is not None and b is not None:
            at = f'cx="{_right(across.at(a))}" cy="{_down(up.at(b), high)}"'
            parts.append(f'<circle class="thing {style}" data-thing="{thing}" {at} r="3"/>')
    parts.append(_text(_SIDE, 16, "start", x.name))
    return _svg("scatter", SMALL, high, f"{y.name} against {x.name}", parts)


def _right(place: float) -> float:
    return round(_SIDE + 6 + (SMALL - _SIDE - 26) * place, 1)


def _down(place: float, height: int) -> float:
    return round(height - _BOTTOM - (height - _TOP - _BOTTOM) * place, 1)


def _svg(kind: str, width: int, height: int, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{text(label)}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, anchor: str, told: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text(told)}</text>'


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
