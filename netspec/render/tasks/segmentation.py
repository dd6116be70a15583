"""How a network answered that says of each pixel what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netspec.render.columns import columns
from netspec.render.safe import escape
from netspec.render.words import plural, share_text
from netspec.runs.overlap import Areas, ClassOverlap, Overlap
from netspec.runs.past import finite

WIDE = 12
"""Classes up to which it is printed what they were taken for."""


def said(judgement: Overlap) -> list[str]:
    """A sentence, a row for each class, and what its pixels were taken for."""
    left_out = f", {judgement.left_out:,} left out" if judgement.left_out else ""
    rows = [("class", "pixels", "right", "IoU", "recall", "precision")]
    return [
        f"mean IoU {judgement.mean_iou:.2%}, {judgement.pixel_accuracy:.2%} of "
        f"{judgement.pixels:,} pixels of {plural(judgement.images, f'{judgement.part} image')} of "
        f"{escape(judgement.dataset)} right{left_out}, loss {judgement.loss:.4f}",
        "\n".join(columns([*rows, *map(_row, judgement.by_class)], "<>>>>>")),
        *(["\n".join(_taken(judgement))] if len(judgement.classes) <= WIDE else []),
    ]


def told(judgement: Overlap) -> dict[str, Any]:
    """The figures, those of each class, and pixels with true classes by row."""
    return {
        "mean_iou": judgement.mean_iou,
        "pixel_accuracy": judgement.pixel_accuracy,
        "loss": finite(judgement.loss),
        "pixels": judgement.pixels,
        "left_out": judgement.left_out,
        "classes": [one._asdict() for one in judgement.by_class],
        "confusion": judgement.confusion,
    }


def row(one: Areas) -> tuple[str, ...]:
    """The share of each class that is there, the largest first."""
    there = sorted(one.shares.items(), key=lambda share: -share[1])
    return (", ".join(f"{escape(name)} {share:.1%}" for name, share in there if share),)


def answer(one: Areas) -> dict[str, Any]:
    """The share of each class, and the file of its mask."""
    return {"shares": one.shares, "mask": one.written and one.written.as_posix()}


def _row(one: ClassOverlap) -> tuple[str, ...]:
    return escape(one.name), f"{one.pixels:,}", f"{one.right:,}", *map(share_text, one[3:])


def _taken(judgement: Overlap) -> Iterator[str]:
    yield "pixels of the true class by row, answer by column"
    names = [escape(name) for name in judgement.classes]
    rows = [("", *(name[:9] for name in names))]
    for name, counts in zip(names, judgement.confusion, strict=True):
        rows.append((name, *(f"{count:,}" if count else "." for count in counts)))
    yield from columns(rows, "<" + ">" * len(names))
