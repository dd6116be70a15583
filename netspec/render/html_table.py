"""A table of a page that scrolls by itself where it is wider than the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape as markup

from netspec.render.safe import escape

_RIGHT = frozenset({"Before", "After", "Parameters", "MACs", "Field"})
"""Heads of columns of figures."""

Cell = tuple[str, str]
"""Its tag with attributes, and what is in it as markup; a `th` is the head of its row."""


def table(
    name: str,
    about: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    kinds: Iterable[str] = (),
) -> str:
    """A table below its name; `about` is a stranger's word for what it is of.

    `kinds` are classes of the rows.
    """
    top = "".join(
        f'<th scope="col"{" class=n" * (one in _RIGHT)}>{one}</th>' if one else "<td></td>"
        for one in head
    )
    classes = [f' class="{kind}"' for kind in kinds] or [""] * len(rows)
    lines = "\n".join(
        f"<tr{kind}>{''.join(map(_cell, cells))}</tr>"
        for kind, cells in zip(classes, rows, strict=True)
    )
    label = f"{name} of {markup(escape(about))}"
    return (
        f'<h3>{name}</h3>\n<div class="wide" tabindex="0" role="region" aria-label="{label}">'
        f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    tag, inside = cell
    head = 'th scope="row"' if tag == "th" else tag
    return f"<{head}>{inside}</{tag.partition(' ')[0]}>"
