"""Changes as Markdown, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.diff.compare import SpecDiff
from netspec.render import changes, markup
from netspec.render.markup import code, plain
from netspec.render.snippet import concise
from netspec.render.words import plural

MARKER = "<!-- netspec diff -->"
LIMIT = 60_000
"""Bytes; GitHub takes 65,536 characters for a comment."""
SHOWN = 100
"""Rows of layers, settings and findings that are shown of a spec."""
ARROW = "→"


def render(specs: Sequence[SpecDiff], failures: Sequence[str]) -> str:
    """A sentence, a row for each spec that changed, and the details of each, folded."""
    changed = [spec for spec in specs if spec.status != "unchanged"]
    parts = [f"{MARKER}\n**netspec diff**: {changes.sentence(specs)}"]
    if failures:
        parts.append("\n".join(f"- :x: {plain(line)}" for line in failures[:SHOWN]))
    if changed:
        head = ["spec", "", *changes.FIGURES, "findings"]
        parts.append(markup.table(head, [_row(spec) for spec in changed[:SHOWN]], "<<>>>>>"))
    parts += [
        markup.fold(f"{code(spec.path)}: {_about(spec)}", "\n\n".join(details))
        for spec in changed
        if (details := list(_details(spec)))
    ]
    return markup.within(parts, LIMIT, "{} more parts are left out.")


def _row(spec: SpecDiff) -> list[str]:
    was = f"<br>was {code(spec.before.path)}" if spec.renamed and spec.before else ""
    figures = changes.figures(spec, ARROW).values() if any(spec.plans) else ["?"] * 4
    found = [f"{len(spec.new)} new"] * bool(spec.new) + [f"{len(spec.gone)} gone"] * bool(spec.gone)
    return [code(spec.path) + was, spec.status, *figures, ", ".join(found) or "same"]


def _about(spec: SpecDiff) -> str:
    numbers = (
        (spec.layers, "layer"), (spec.settings, "setting"),
        (spec.new, "new finding"), (spec.gone, "finding gone"),
    )  # fmt: skip
    told = [plural(len(some), word) for some, word in numbers if some]
    return ", ".join(told).replace("finding gones", "findings gone")


def _details(spec: SpecDiff) -> Iterator[str]:
    if spec.layers:
        rows = [
            [row.sign, code(row.name), plain(row.kind), plain(row.what)]
            for row in changes.layers(spec._replace(layers=spec.layers[:SHOWN]), ARROW)
        ]
        yield markup.table(["", "layer", "", "change"], rows, "<<<<") + _more(len(spec.layers))
    if spec.settings:
        rows = [
            [code(one.key), plain(changes.setting(one, ARROW))] for one in spec.settings[:SHOWN]
        ]
        yield markup.table(["setting", "change"], rows, "<<") + _more(len(spec.settings))
    for word, findings in ("new", spec.new), ("gone", spec.gone):
        if findings:
            lines = [f"- {word}: {code(concise(found))}" for found in findings[:SHOWN]]
            yield "\n".join(lines) + _more(len(findings))


def _more(number: int) -> str:
    return f"\n\nand {number - SHOWN} more" if number > SHOWN else ""
