"""Which labels a network gives."""

from __future__ import annotations

from typing import Any

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import share_text
from netspec.runs.labels import Given, LabelFigures, LabelJudgement
from netspec.runs.past import finite

_HEAD = ("label", "", "right", "recall", "precision", "F1", "AP")


def said(judgement: LabelJudgement) -> list[str]:
    """A sentence, and a row for each label."""
    what = f"{judgement.part} {judgement.what}"
    figures = (
        f"macro F1 {judgement.f1:.2%}, mean average precision "
        f"{share_text(judgement.mean_average_precision)}, {judgement.exact_match:.2%} all right"
    )
    rows = [(_HEAD[0], judgement.what, *_HEAD[2:]), *map(_row, judgement.labels)]
    return [
        f"{figures} on {judgement.images:,} {what} of {escape(judgement.dataset)}, "
        f"loss {judgement.loss:.4f}",
        "\n".join(columns(rows, "<>>>>>>")),
    ]


def _row(one: LabelFigures) -> tuple[str, ...]:
    shares = (one.recall, one.precision, one.f1, one.average_precision)
    return escape(one.name), f"{one.images:,}", f"{one.right:,}", *map(share_text, shares)


def told(judgement: LabelJudgement) -> dict[str, Any]:
    """The figures, and those of each label."""
    return {
        "f1": judgement.f1,
        "exact_match": judgement.exact_match,
        "mean_average_precision": judgement.mean_average_precision,
        "loss": finite(judgement.loss),
        "labels": [
            {
                "name": one.name, "images": one.images, "right": one.right, "given": one.given,
                "recall": one.recall, "precision": one.precision, "f1": one.f1,
                "average_precision": one.average_precision,
            }
            for one in judgement.labels
        ],
    }  # fmt: skip


def row(one: Given) -> tuple[str, ...]:
    """The labels, the most probable first, each with how probable it is."""
    found = sorted(one.labels, key=lambda name: -one.probabilities[name])
    texts = (f"{escape(name)} {one.probabilities[name]:.2%}" for name in found)
    return (", ".join(texts) or "-",)


def answer(one: Given) -> dict[str, Any]:
    """The labels, and the probability of every label."""
    return {"labels": one.labels, "probabilities": one.probabilities}
