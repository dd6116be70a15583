"""How a classifier answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import plural, share_text
from netspec.runs.confusion import ClassFigures, Judgement, Prediction
from netspec.runs.past import finite

WIDE = 20
"""Classes up to which the whole confusion matrix is printed; else its largest cells."""
_HEAD = ("class", "images", "right", "recall", "precision", "F1")


def said(judgement: Judgement) -> list[str]:
    """A sentence, a row for each class, and what was taken for what."""
    what = f"{judgement.part} {judgement.what}"
    rows = [(_HEAD[0], judgement.what, *_HEAD[2:]), *map(_row, judgement.by_class)]
    return [
        f"{judgement.accuracy:.2%} of {judgement.images:,} {what} "
        f"of {escape(judgement.dataset)} right, loss {judgement.loss:.4f}",
        "\n".join(columns(rows, "<>>>>>")),
        "\n".join(_confused(judgement)),
    ]


def told(judgement: Judgement) -> dict[str, Any]:
    """The figures, those of each class, and the confusion matrix with true classes by row."""
    return {
        "accuracy": judgement.accuracy,
        "loss": finite(judgement.loss),
        "classes": [one._asdict() for one in judgement.by_class],
        "confusion": judgement.confusion,
    }


def row(one: Prediction) -> tuple[str, ...]:
    """A class, and how probable it is."""
    return escape(one.answer), f"{one.probabilities[one.answer]:.2%}"


def answer(one: Prediction) -> dict[str, Any]:
    """A class, and the probability of every class."""
    return {"class": one.answer, "probabilities": one.probabilities}


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
