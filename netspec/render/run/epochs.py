"""The figures of a run's epochs: curves, and a table of the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import isfinite

from netspec.render import web
from netspec.render.charts.curves import Chart, Series, chart, places
from netspec.render.run import figures
from netspec.render.web import escaped as text
from netspec.runs.past import Epoch
from netspec.runs.whole import Whole

ROWS = 400
"""Epochs that are shown; of more every second, third, …"""


def section(run: Whole) -> str:
    """All of it, and what the page's script reads of it."""
    rows = [row for row in run.epochs if "epoch" in row]
    step = -(-len(rows) // ROWS) or 1
    some = f"<p>One epoch of every {step} is shown.</p>\n" if step > 1 else ""
    rows = rows[::-step][::-1]  # the last among them
    if not rows:
        return "<p>No epoch is done yet.</p>"
    if len(rows) == 1:
        return f"<p>One epoch has no curve; these are its figures.</p>\n{_table(rows)}"
    numbers = [row["epoch"] for row in rows]
    charts = list(_charts(run, rows))
    drawn = "".join(
        f"<figure><figcaption>{text(one.title)}</figcaption>{chart(numbers, one)}</figure>"
        for one in charts
    )
    cursor = {
        "epochs": numbers,
        "x": places(numbers),
        "told": [[_read(one, i) for one in charts] for i in range(len(rows))],
    }
    return (
        f'{some}<p class="hint scripted" hidden>Point at a curve, or use the arrow keys on it, to '
        f'read an epoch.</p>\n<div class="charts">{drawn}</div>\n'
        f'<details class="epochs"><summary>The figures as a table</summary>{_table(rows)}'
        "</details>\n"
        f"{web.embedded('curves', cursor)}"
    )


def _charts(run: Whole, rows: Sequence[Epoch]) -> Iterator[Chart]:
    for name in figures.names(rows):
        series = [
            Series(called, "train" if called == "train" else "judged", _column(rows, key))
            for key, called in figures.parts(name, run.judged)
            if any(key in row for row in rows)
        ]
        goal = run.past.settings.get(f"train.goal.{name}")
        goal = float(goal) if isinstance(goal, int | float) and isfinite(goal) else None
        yield Chart(name, series, partial(figures.told, name), partial(figures.tick, name), goal)
    if any("lr" in row for row in rows):
        rate = [Series("", "judged", _column(rows, "lr"))]
        told = partial(figures.told, "lr")
        yield Chart("learning rate", rate, told, told)


def _column(rows: Sequence[Epoch], key: str) -> list[float]:
    return [row.get(key, float("nan")) for row in rows]


def _read(drawn: Chart, at: int) -> str:
    """What a chart says of an epoch."""
    told = ((one.name, one.values[at]) for one in drawn.series)
    return ", ".join(
        f"{name} {drawn.told(value) if isfinite(value) else '-'}".strip() for name, value in told
    )


def _table(rows: Sequence[Epoch]) -> str:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    head = "".join(f'<th scope="col" class="n">{text(key.replace("_", " "))}</th>' for key in keys)
    body = "\n".join(
        "<tr>" + "".join(f'<td class="n">{_cell(key, row)}</td>' for key in keys) + "</tr>"
        for row in rows
    )
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Table of epochs"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _cell(key: str, row: Epoch) -> str:
    if key not in row:
        return ""
    return f"{row[key]:.0f}" if key == "epoch" else text(figures.told(key, row[key]))
