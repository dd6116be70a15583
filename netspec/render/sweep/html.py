"""A sweep as one page that loads nothing: trials across what was varied, and what mattered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.render import web
from netspec.render.charts.parallel import Column, parallel, scatter
from netspec.render.look import PLAIN, Look
from netspec.render.sweep.text import counts, figured, over
from netspec.render.web import escaped as text
from netspec.runs.trials import Standing, Tried
from netspec.search.candidate import value_text

_GRADES = 5
"""Colours of finished trials, from the best to the worst."""


def render(standing: Standing, look: Look = PLAIN) -> str:
    """The whole page."""
    title = f"sweep {standing.folder.name}"
    trials = standing.ranked
    said = text(counts(standing))
    parts = [f"<h1>{text(title)}</h1>\n<p>{said}</p>"]
    if standing.best:
        winner = standing.seeded[0].number if standing.seeded else "?"
        parts.append(f"<p>Best: trial {winner}, {text(standing.best.as_posix())}</p>")
    if trials:
        parts += [_drawn(standing, trials), _importances(standing), _seeded(standing)]
        parts.append(_table(standing, trials))
    body = "\n".join(filter(None, parts))
    return web.document(title, body, ["sweep.js"], [*web.STYLES, "run.css", "sweep.css"])


def _drawn(standing: Standing, trials: Sequence[Tried]) -> str:
    objective = standing.objective
    columns = [
        Column(key, [one.values.get(key) for one in trials], _plain) for key in trials[0].values
    ]
    columns.append(Column("params", [one.params for one in trials], _plain))
    end = Column(objective, [one.objective for one in trials], lambda v: figured(v, objective))
    styles = _styles(trials)
    # The best is drawn last, on top of the others.
    turned = [one._replace(values=one.values[::-1]) for one in (*columns, end)]
    label = f"{len(trials)} trials across {', '.join(one.name for one in columns)} to {objective}"
    dots = "".join(f"<figure>{scatter(one, end, styles)}</figure>" for one in columns)
    told = [_told(one, objective) for one in trials]
    return (
        "<section><h2>Trials</h2>\n"
        '<p class="hint">A line is a trial, the stronger its colour the better; dashed: not '
        "finished."
        '<span class="scripted" hidden> Point at one, or use the arrow keys.</span></p>\n'
        '<div class="wide broad" tabindex="0" role="region" aria-label="Trials as lines">'
        f"{parallel(turned, styles[::-1], label)}</div>\n"
        f'<p class="told" role="status"></p>\n'
        f"<h3>{text(objective)} against each</h3>\n"
        f'<div class="charts small">{dots}</div></section>\n{web.embedded("trials", told)}'
    )


def _plain(value: Any) -> str:
    """A value beside an axis."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value_text(value)
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e7 else f"{value:.3g}"


def _styles(trials: Sequence[Tried]) -> list[str]:
    """A class for each of the ranked trials."""
    finished = sum(one.state == "finished" for one in trials)
    return [
        f"grade{1 + i * _GRADES // max(finished, 1)}" if one.state == "finished" else "unfinished"
        for i, one in enumerate(trials)
    ]


def _told(one: Tried, objective: str) -> str:
    values = ", ".join(f"{key} {value_text(value)}" for key, value in one.values.items())
    figure = f"{objective} {figured(one.objective, objective)}"
    return text(f"trial {one.number}, {one.state}: {figure}; {values}")


def _importances(standing: Standing) -> str:
    if not standing.importances:
        return ""
    rows = [(key, f"{share:.2f}") for key, share in standing.importances.items()]
    return f"<section><h2>What mattered</h2>\n{_rows(('what', 'importance'), rows)}</section>"


def _seeded(standing: Standing) -> str:
    if not standing.seeded:
        return ""
    heads = ("trial", f"held-back {standing.objective}", f"test {standing.seeded[0].figure}",
             "seeds", "")  # fmt: skip
    rows = [
        (
            str(one.number), over(one.held_back, standing.objective), over(one.test, one.figure),
            f"{len(one.held_back)}/{standing.seeds}", next(iter(one.why), ""),
        )
        for one in standing.seeded
    ]  # fmt: skip
    return f"<section><h2>The best over seeds</h2>\n{_rows(heads, rows)}</section>"


def _table(standing: Standing, trials: Sequence[Tried]) -> str:
    keys = list(trials[0].values)
    heads = ("trial", "state", *keys, standing.objective, "epochs", "params", "why")
    rows = [
        (
            str(one.number), one.state, *(value_text(one.values[key]) for key in keys),
            figured(one.objective, standing.objective), str(one.epochs),
            "-" if one.params is None else f"{one.params:,}", one.why or "",
        )
        for one in trials
    ]  # fmt: skip
    return f"<section><h2>Every trial, the best first</h2>\n{_rows(heads, rows)}</section>"


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{text(one)}</th>' if one else "<td></td>" for one in heads)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="'
        f'{text(" ".join(filter(None, heads)))}"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )
