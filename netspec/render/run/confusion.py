"""What was taken for what: the matrix, and the pictures behind its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netspec.render.web import escaped as text
from netspec.render.words import plural
from netspec.runs.answers import Answers, Picture
from netspec.runs.confusion import Judgement

CLASSES = 100
"""Classes up to which there is a matrix."""
LISTED = 200
"""Mistakes that are listed with their pictures."""
_SHADES = 5
_LEAST = 0.02
"""The share of a class whose mistakes are at least as dark as can be: one is no disaster."""


def section(answers: Answers) -> str:
    """All of it."""
    judged = answers.judgement
    pictures: dict[tuple[int, int], list[Picture]] = {}
    for one in answers.wrong:
        pictures.setdefault((one.true, one.answer), []).append(one)
    cells = _mistakes(judged)
    listed = cells[:LISTED]
    wrong = judged.images - judged.right
    parts = [
        f"<p>The weights of epoch {answers.epoch} on {judged.images:,} {text(judged.part)} "
        f"{text(judged.what)} of {text(judged.dataset)}: {judged.accuracy:.2%} right, {wrong:,} "
        "wrong.</p>",
        _matrix(judged, set(listed)) if len(judged.classes) <= CLASSES else _left_out(judged),
        _list(judged, listed, len(cells), pictures, answers.without),
    ]
    return "\n".join(parts)


def _mistakes(judged: Judgement) -> list[tuple[int, int]]:
    """The cells of mistakes, the most frequent first."""
    found = [
        (i, j) for i, row in enumerate(judged.confusion) for j, n in enumerate(row) if n and i != j
    ]
    return sorted(found, key=lambda cell: -judged.confusion[cell[0]][cell[1]])


def _left_out(judged: Judgement) -> str:
    n = len(judged.classes)
    return f"<p>A matrix of {n:,} classes is left out: more than {CLASSES} cannot be read.</p>"


def _matrix(judged: Judgement, listed: set[tuple[int, int]]) -> str:
    sums = [max(sum(row), 1) for row in judged.confusion]
    darkest = max([_LEAST, *(judged.confusion[i][j] / sums[i] for i, j in _mistakes(judged))])
    heads = "".join(f'<th scope="col"><span>{text(name)}</span></th>' for name in judged.classes)
    upright = " upright" if max(map(len, judged.classes)) > 3 else ""
    rows = []
    for i, (name, row) in enumerate(zip(judged.classes, judged.confusion, strict=True)):
        cells = []
        for j, n in enumerate(row):
            if i == j:
                cells.append(f'<td class="right">{n:,}</td>')
            elif not n:
                cells.append("<td></td>")
            else:
                shade = max(1, round(_SHADES * n / sums[i] / darkest))
                told = f"{n:,}"
                if (i, j) in listed:
                    told = (
                        f'<button type="button" data-opens="{_id(i, j)}" '
                        f'aria-label="{text(_said(judged, i, j))}">{n:,}</button>'
                    )
                cells.append(f'<td class="w{shade}">{told}</td>')
        rows.append(f'<tr><th scope="row">{text(name)}</th>{"".join(cells)}</tr>')
    body = "\n".join(rows)
    return (
        '<p class="hint">A row for each true class, a column for each answer. A mistake is the '
        "darker the larger its share of its class; its cell opens the "
        f"{text(judged.what)} behind it.</p>\n"
        '<div class="wide" tabindex="0" role="region" aria-label="Confusion matrix">'
        f'<table class="confusion{upright}">\n'
        f"<thead><tr><td>true \\ answer</td>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>"
        "</table></div>"
    )


def _list(
    judged: Judgement,
    listed: Sequence[tuple[int, int]],
    count: int,
    pictures: dict[tuple[int, int], list[Picture]],
    without: str,
) -> str:
    if not listed:
        return "<p>There are no mistakes.</p>"
    more = f"; the {len(listed)} most frequent of {count:,}" if len(listed) < count else ""
    parts = [f"<h3>Mistakes, the most frequent first{more}</h3>"]
    if without:
        parts.append(f"<p>Without pictures: {text(without)}.</p>")
    for i, j in listed:
        shown = pictures.get((i, j), [])
        n = judged.confusion[i][j]
        told = _said(judged, i, j)
        if shown and len(shown) < n:
            told += f", the {len(shown)} surest shown"
        body = _sheet(judged, shown)
        if not shown and not without:
            body = "<p>The run keeps no picture of it: others are more frequent.</p>"
        if without:
            parts.append(f'<p id="{_id(i, j)}" tabindex="-1" class="mistake">{text(told)}</p>')
        else:
            parts.append(
                f'<details class="mistake" id="{_id(i, j)}"><summary>{text(told)}</summary>'
                f"{body}</details>"
            )
    return "\n".join([parts[0], '<div class="mistakes">', *parts[1:], "</div>"])


def _sheet(judged: Judgement, shown: Iterable[Picture]) -> str:
    figures = "".join(
        f'<figure><img src="data:image/png;base64,{one.png}" alt="'
        f'{text(f"{judged.part} image {one.place}: {judged.classes[one.true]}")}">'
        f"<figcaption>{one.probability:.0%} {text(judged.classes[one.answer])}</figcaption>"
        "</figure>"
        for one in shown
    )
    return f'<div class="sheet-of">{figures}</div>'


def _said(judged: Judgement, i: int, j: int) -> str:
    what = judged.what.removesuffix("s")
    return (
        f"{judged.classes[i]} taken for {judged.classes[j]}: {plural(judged.confusion[i][j], what)}"
    )


def _id(i: int, j: int) -> str:
    return f"mistake-{i}-{j}"
