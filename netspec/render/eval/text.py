"""How a network answered, for people."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import plural, share_text, sizes_text
from netspec.runs.confusion import ClassFigures, Judgement
from netspec.runs.effective import SHARES, Effective, EffectiveFields, Gradient

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
        parts.append("\n".join(_effective(fields, judgement)))
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


def _effective(fields: EffectiveFields, judgement: Judgement) -> Iterator[str]:
    what = f"{fields.images:,} {judgement.part} {judgement.what}"
    yield f"effective receptive field: mean absolute gradient of centre units over {what}"
    yield "the smallest square with that share of it, and the part of the field's pixels that do"
    shares = [f"{share:.0%}" for share in SHARES]
    rows = [("layer", "field", "pixels", "training", *shares, "outside")]
    for layer in fields.layers:
        head = escape(layer.name), sizes_text(layer.receptive_field), f"{layer.pixels:,}"
        rows.append((*head, "before", *_spread(layer, layer.before)))
        rows.append(("", "", "", "after", *_spread(layer, layer.after)))
    yield from columns(rows, "<>><" + ">" * (len(SHARES) + 1))
    context = [escape(one.name) for one in fields.layers if one.global_context]
    if context:
        yield (
            f"{', '.join(context)}: what is outside of the field is read through statistics or "
            "gates, which are no part of it"
        )
    yield f"drawn in {escape(fields.picture)}"


def _spread(layer: Effective, gradient: Gradient) -> tuple[str, ...]:
    if gradient.outside is None:
        return *("-" for _ in SHARES), "-"
    cells = [
        f"{' x '.join([str(one.side)] * len(layer.seen))}, {one.pixels / layer.pixels:.0%}"
        for one in gradient.within
    ]
    return *cells, "none" if not gradient.outside else share_text(gradient.outside)
