"""Changes as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.diagnostic import Diagnostic
from netspec.diff.compare import SpecDiff
from netspec.render import changes, markup, mermaid, summary, table
from netspec.render.look import PLAIN, Look
from netspec.render.markup import code, plain
from netspec.render.words import plural

MARKER = "<!-- netspec diff -->"
LIMIT = 60_000
"""Bytes; GitHub takes 65,536 characters for a comment."""
SHOWN = 100
"""Rows of layers, settings and findings that are shown of a spec."""
ARROW = "→"
_HEAD = ("", "layer", "change", "output", "params", "MACs", "field")


def render(specs: Sequence[SpecDiff], failures: Sequence[str], look: Look = PLAIN) -> str:
    """A sentence, new errors, a row for each spec that changed, and its details, folded."""
    changed = [spec for spec in specs if spec.status != "unchanged"]
    broke = changes.broke(specs)
    told = f"{changes.sentence(specs)}; **{plain(broke)}**" if broke else changes.sentence(specs)
    parts = [f"{MARKER}\n**netspec diff**: {told}"]
    if failures:
        parts.append("\n".join(f"- :x: fails: {plain(line)}" for line in failures[:SHOWN]))
    if errors := changes.errors(specs):
        items = [markup.finding(one) for one in errors]
        parts.append(markup.within(items, LIMIT // 3, "\nand {} more", "\n"))
    if changed:
        head = ["spec", "", *changes.FIGURES, "findings"]
        parts.append(markup.table(head, [_row(spec) for spec in changed[:SHOWN]], "<<>>>>>"))
    parts += [
        markup.fold(_about(spec), "\n\n".join(details), opened=len(changed) == 1)
        for spec in changed
        if (details := list(_details(spec)))
    ]
    parts += [picture for spec in changed if (picture := _picture(spec))]
    return markup.within(parts, LIMIT, "{} more parts are left out.")


def _row(spec: SpecDiff) -> list[str]:
    was = f"<br>was {code(spec.before.path)}" if spec.renamed and spec.before else ""
    figures = changes.figures(spec, ARROW).values() if any(spec.plans) else ["?"] * 4
    same = "same" if spec.before and spec.after else "none"
    name = markup.place(spec.path) if spec.after else code(spec.path)
    return [name + was, spec.status, *map(markup.figure, figures), _findings(spec) or same]


def _findings(spec: SpecDiff) -> str:
    signs = ("+", summary.tally(spec.new)), ("-", summary.tally(spec.gone))
    return ", ".join(f"{sign}{told}".replace(", ", f", {sign}") for sign, told in signs if told)


def _about(spec: SpecDiff) -> str:
    told = [
        plural(len(some), word)
        for some, word in ((spec.layers, "layer"), (spec.settings, "setting"))
        if some
    ]
    found = _findings(spec)
    return f"{code(spec.path)}: {', '.join(told + [found] * bool(found)) or spec.status}"


def _details(spec: SpecDiff) -> Iterator[str]:
    after = spec.after
    if spec.layers:
        rows = [_cells(row, spec) for row in changes.layers(spec, ARROW)]
        yield markup.table(_HEAD, rows[:SHOWN], "<<<>>>>") + _more(len(rows))
    if spec.settings:
        rows = [
            [code(one.key), plain(changes.setting(one, ARROW))] for one in spec.settings[:SHOWN]
        ]
        yield markup.table(["setting", "change"], rows, "<<") + _more(len(spec.settings))
    if after and after.plan and not (spec.before and spec.before.plan):
        lines = table.layers(after.plan.leaves)
        yield markup.block("\n".join(lines[: SHOWN + 1])) + _more(len(lines) - 1)
    if after and after.reached:
        yield "The layers before the mistake:"
        yield markup.block("\n".join(table.layers(after.reached)[: SHOWN + 1]))
    # New errors stand above, where nobody has to open anything.
    new = [found for found in spec.new if found.severity != "error"]
    if new:
        yield "\n".join(map(markup.finding, new[:SHOWN])) + _more(len(new))
    if spec.gone:
        lines = [f"- gone: {_gone(found)}" for found in spec.gone[:SHOWN]]
        yield "\n".join(lines) + _more(len(spec.gone))


def _picture(spec: SpecDiff) -> str | None:
    """The changed part of a network, which GitHub and GitLab draw."""
    before, after = spec.plans
    drawn = mermaid.changed(before, after) if before and after else None
    if drawn is None:
        return None
    more = f"\n\nand {plural(drawn.left, 'more change')}" if drawn.left else ""
    summary = f"{code(spec.path)}: the changed part as a picture"
    return markup.fold(summary, f"```mermaid\n{drawn.text}\n```{more}")


def _gone(found: Diagnostic) -> str:
    return f"**{plain(found.code)}** ({found.severity}) {plain(found.message)}"


def _cells(row: changes.Words | changes.Block, spec: SpecDiff) -> list[str]:
    if isinstance(row, changes.Block):
        where = markup.place(spec.path, row.span, f"line {row.span.line}")
        return ["", f"block {code(row.name)}, {where}", f"**{plain(row.what)}**", *[""] * 4]
    figures = map(markup.figure, (row.output, row.params, row.macs, row.field))
    return [row.sign, f"{code(row.name)} {plain(row.kind)}{row.also}", plain(row.what), *figures]


def _more(number: int) -> str:
    return f"\n\nand {number - SHOWN} more" if number > SHOWN else ""
