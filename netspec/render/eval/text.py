"""How a network answered, for people."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.render import effective
from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import plural, share_text
from netspec.runs.confusion import ClassFigures, Judgement
from netspec.runs.effective import EffectiveFields

WIDE = 20
"""Classes up to which the whole confusion matrix is printed; else its largest cells."""
_HEAD = ("class", "images", "right", "recall", "precision", "F1")


def render(run: str, judgement: Judgement, fields: EffectiveFields | None = None) -> str:
    """A sentence, a row for each class, and what was taken for what; then effective fields."""
    what = f"{judgement.part} {judgement.what}"
    rows = [(_HEAD[0], judgement.what, *_HEAD[2:]), *map(_row, judgement.by_class)]
    parts = [
        f"{escape(run)}: {judgement.accuracy:.2%} of {judgement.images:,} {what} "
        f"of {escape(judgement.dataset)} right, loss {judgement.loss:.4f}",
        "\n".join(columns(rows, "<>>>>>")),
        "\n".join(_confused(judgement)),
    ]
    if fields:
        parts.append("\n".join(effective.lines(fields, judgement.part, judgement.what)))
    return "\n\n".join(parts)


def _row(one: ClassFigures) -> tuple[str, ...]:
    return escape(one.name), f"{one.images:,}", f"{one.right:,}", *map(share_text, one[3:])


def _confused(judgement: Judgement) -> Iterator[str]:
    names = [escape(name) for name in judgement.classes]
    if len(names) > WIDE:
        mistakes = judgement.mistakes[:WIDE]
        yield plural(judgement.images - judgement.right, "mistake") + ", the most frequent:"
        for one in mistakes:
            yield f"{one.images:,} of {escape(one.true)} taken for {escape(one.answer)}"
        return
    yield "true class by row, answer by column"
    # Names of many letters would make the matrix wider than a terminal.
    heads = [name[:6] for name in names]
    rows = [("", *heads)]
    for name, row in zip(names, judgement.confusion, strict=True):
        rows.append((name, *(f"{count:,}" if count else "." for count in row)))
    yield from columns(rows, "<" + ">" * len(names))
