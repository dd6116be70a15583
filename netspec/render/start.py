"""Starting weights: what was loaded, left out and kept at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from netspec.render.columns import columns

_MOST = 40
"""Rows that are shown."""


def render(
    file: str,
    loaded: Iterable[str],
    kept: Iterable[tuple[str, str]],
    left: Iterable[tuple[str, str]],
) -> list[str]:
    """A line, and a row for each layer and what became of its tensors."""
    done = [(name, "loaded", "") for name in loaded]
    done += [(name, "kept at random", why) for name, why in kept]
    here = {name for name, _, _ in done}
    done += [(name, "left out", why) for name, why in left if name not in here]
    count = sum(what == "loaded" for _, what, _ in done)
    rows = [*_rows(done)]
    shown = columns([("layer", "tensors", "", ""), *rows[:_MOST]], "<<<<")
    more = [f"and {len(rows) - _MOST} more rows"] if len(rows) > _MOST else []
    return [f"{count} of {len(here)} tensors start as they are in {file}", *shown, *more]


def _rows(done: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    split = [(*name.rpartition(".")[::2], what, why) for name, what, why in done]
    for (layer, what, why), tensors in groupby(split, key=lambda one: (one[0], *one[2:])):
        yield layer, ", ".join(one[1] for one in tensors), what, why
