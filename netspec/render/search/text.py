"""Candidates for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netspec.diagnostic import Diagnostic
from netspec.render.columns import columns
from netspec.render.look import BOLD, PLAIN, Look
from netspec.render.safe import escape
from netspec.render.words import plural, size_text, sizes_text
from netspec.search.bounds import Figures
from netspec.search.candidate import value_text
from netspec.search.candidates import Found
from netspec.search.front import Kept

MOST = 40
"""Candidates that are shown."""
_REASONS = 5
_SHOWN: dict[str, tuple[str, Callable[[Figures], str]]] = {
    "params": ("params", lambda one: f"{one.params:,}"),
    "macs": ("MACs", lambda one: f"{one.macs:,}"),
    "activation_bytes": ("activations", lambda one: size_text(one.activation_bytes)),
    "training_bytes": ("training", lambda one: size_text(one.training_bytes)),
    "receptive_field": ("receptive field", lambda one: sizes_text(one.receptive_field)),
    "layers": ("layers", lambda one: f"{one.layers:,}"),
}
_ALWAYS = ("params", "macs", "receptive_field")


def render(found: Found, look: Look = PLAIN) -> str:
    """A row for each candidate that is kept, the first of many, and what came of the others."""
    best = found.tally.best
    parts = [*_table(found, best[:MOST], look)] if best else []
    if len(best) > MOST:
        parts.append(f"and {len(best) - MOST:,} more: --format csv has them all")
    return "\n".join([*parts, *[""] * bool(best), *summary(found)])


def _table(found: Found, best: list[Kept], look: Look) -> list[str]:
    space = found.search.space
    asked = {one.quantity for one in found.search.bounds}
    asked |= {one.quantity for one in found.search.goals}
    kept = [name for name in _SHOWN if name in _ALWAYS or name in asked]
    rows = [[*(axis.key for axis in space.axes), *(_SHOWN[name][0] for name in kept)]]
    for one in best:
        values = map(value_text, space.values(one.point).values())
        rows.append([*values, *(_SHOWN[name][1](one.figures) for name in kept)])
    head, *lines = columns(rows, ">" * len(rows[0]), look)
    return [look.paint(BOLD, head), *lines]


def summary(found: Found) -> Iterator[str]:
    """What was tried, and why the rest is not kept."""
    search, tally = found.search, found.tally
    missed = tally.sound - tally.total - tally.unranked
    size = search.space.size
    of = "" if tally.tried == size else f" of {size:,}"
    counts = [f"{tally.total:,} kept"]
    if missed:
        counts.append(f"{missed:,} outside of the bounds")
    if tally.unranked:
        counts.append(f"{tally.unranked:,} without a single receptive field")
    if refused := tally.tried - tally.sound:
        counts.append(f"{refused:,} with an error")
    shown = len(tally.best)
    if search.goals and shown != tally.total:
        counts[0] += f" ({shown:,} on the front)"
    elif search.sample is not None and shown < tally.total:
        counts[0] += f" ({shown:,} drawn)"
    yield f"{plural(tally.tried, 'candidate')}{of}: {', '.join(counts)}"
    if missed:
        for bound, keeping in zip(search.bounds, tally.keeping, strict=True):
            yield f"  {escape(bound.text)}: kept by {keeping:,} of {tally.sound:,}"
    for reason in tally.refused[:_REASONS]:
        yield f"  {error_text(reason.found)}: {reason.number:,}"
    if more := sum(reason.number for reason in tally.refused[_REASONS:]):
        yield f"  other errors: {more:,}"
    if any(reason.found.code.startswith("expect-") for reason in tally.refused):
        yield "  (--no-expect leaves out what the spec expects beside its layers)"


def error_text(found: Diagnostic) -> str:
    """An error on one line, with its place."""
    at = f" {found.path}:{found.span.line}" if found.span else ""
    return f"error[{found.code}]{escape(at)}: {escape(found.message)}"
