"""Candidates as comma-separated values."""

from __future__ import annotations

import csv
import io

from netspec.render.look import PLAIN, Look
from netspec.render.safe import escape
from netspec.render.words import sizes_text
from netspec.search.bounds import QUANTITIES
from netspec.search.candidate import value_text
from netspec.search.candidates import Found


def render(found: Found, look: Look = PLAIN) -> str:
    """A line for each candidate that is kept: its figures, then the values of what varies."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    space = found.search.space
    rows.writerow([*QUANTITIES, *(escape(axis.key) for axis in space.axes)])
    for one in found.tally.best:
        figures = [
            sizes_text(value) if isinstance(value, tuple) else value
            for value in (getattr(one.figures, name) for name in QUANTITIES)
        ]
        values = [escape(value_text(value)) for value in space.values(one.point).values()]
        rows.writerow([*("" if one is None else one for one in figures), *values])
    return text.getvalue().removesuffix("\n")
