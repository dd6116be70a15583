"""Changes for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.diagnostic import Diagnostic
from netspec.diff.compare import SpecDiff
from netspec.render import changes, table
from netspec.render.columns import columns
from netspec.render.look import BOLD, GREEN, PLAIN, RED, SEVERITIES, YELLOW, Look
from netspec.render.safe import escape
from netspec.render.snippet import concise

ARROW = "->"
_HEAD = ("", "layer", "", "change", "output", "params", "MACs", "field")
_SPARE = (4, 7, 6, 5)
"""Columns that a narrow terminal goes without, the first one first."""
_SIGNS = {"+": GREEN, "-": RED, "~": YELLOW}


def render(specs: Sequence[SpecDiff], failures: Sequence[str], look: Look = PLAIN) -> str:
    """A paragraph for each spec that changed, then a sentence, then what fails."""
    changed = [spec for spec in specs if spec.status != "unchanged"]
    parts = ["\n".join(_spec(spec, look)) for spec in changed]
    if failures:
        parts.append("\n".join(look.paint(RED, f"fails: {escape(line)}") for line in failures))
    broke = changes.broke(specs)
    told = f"{changes.sentence(specs)}; {look.paint(RED, escape(broke))}" if broke else None
    return "\n\n".join([*parts, told or changes.sentence(specs)])


def _spec(spec: SpecDiff, look: Look) -> Iterator[str]:
    was = f", was {escape(spec.before.path)}" if spec.renamed and spec.before else ""
    yield look.paint(BOLD, f"{escape(spec.path)}: {spec.status}{was}")
    inside = look._replace(width=look.width and look.width - 2)
    if any(spec.plans):
        figures = changes.figures(spec, ARROW)
        yield from (f"  {line}" for line in columns(list(figures.items()), "<<"))
    if rows := list(changes.layers(spec, ARROW)):
        cells = [_HEAD, *map(_cells, rows)]
        for row, line in zip(cells, columns(cells, "<<<<<>>>", inside, _SPARE), strict=True):
            yield f"  {look.paint(_SIGNS[row[0]], line) if row[0] else line}"
    after = spec.after
    if after and after.plan and not (spec.before and spec.before.plan):
        yield from (f"  {line}" for line in table.layers(after.plan.leaves, inside))
    if after and after.reached:
        yield "  the layers before the mistake:"
        yield from (f"  {line}" for line in table.layers(after.reached, inside))
    for one in spec.settings:
        yield f"  {escape(one.key)}: {escape(changes.setting(one, ARROW))}"
    yield from (f"  new   {_finding(found, look)}" for found in spec.new)
    yield from (f"  gone  {concise(found)}" for found in spec.gone)


def _finding(found: Diagnostic, look: Look) -> str:
    return look.paint(SEVERITIES[found.severity], concise(found))


def _cells(row: changes.Words | changes.Block) -> tuple[str, ...]:
    if isinstance(row, changes.Block):
        return "", f"block {row.name}, line {row.span.line}", "", row.what, *[""] * 4
    return row.sign, row.name + row.also, *row[3:]
