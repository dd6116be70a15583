"""Changes for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.diff.compare import SpecDiff
from netspec.render import changes, table
from netspec.render.snippet import concise, escape

ARROW = "->"


def render(specs: Sequence[SpecDiff], failures: Sequence[str]) -> str:
    """A paragraph for each spec that changed, then a sentence, then what fails."""
    changed = [spec for spec in specs if spec.status != "unchanged"]
    parts = ["\n".join(_spec(spec)) for spec in changed]
    if failures:
        parts.append("\n".join(f"fails: {escape(line)}" for line in failures))
    return "\n\n".join([*parts, changes.sentence(specs)])


def _spec(spec: SpecDiff) -> Iterator[str]:
    was = f", was {escape(spec.before.path)}" if spec.renamed and spec.before else ""
    yield f"{escape(spec.path)}: {spec.status}{was}"
    if any(spec.plans):
        figures = changes.figures(spec, ARROW)
        yield from (f"  {line}" for line in table.columns(list(figures.items()), "<<"))
    if rows := list(changes.layers(spec, ARROW)):
        yield from (f"  {line}" for line in table.columns([_cells(row) for row in rows], "<<<<"))
    for one in spec.settings:
        yield f"  {escape(one.key)}: {escape(changes.setting(one, ARROW))}"
    yield from (f"  new   {concise(found)}" for found in spec.new)
    yield from (f"  gone  {concise(found)}" for found in spec.gone)


def _cells(row: changes.Words) -> tuple[str, ...]:
    return tuple(map(escape, row))
