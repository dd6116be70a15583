"""PNG files that show how a run went. matplotlib is imported where it is used."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from io import BytesIO
from math import ceil, isfinite, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from torch import Tensor
from torch.nn import functional

from netspec.disk import files, output
from netspec.runs.confusion import Judgement
from netspec.runs.past import Epoch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from netspec.runs.range_test import Curve

NUMBERED = 30
"""Classes up to which a confusion matrix has numbers in its cells."""
SHEET = 100
"""Pictures on a contact sheet."""
# A cache folder that cannot be written is no matter here.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
_TRAIN, _JUDGED, _RIGHT, _WRONG, _GOAL = "#8a8f98", "#1f5fbf", "#dce8f7", "Oranges", "#3a8f4d"


def curves(path: Path, title: str, rows: Sequence[Epoch], judged: str, goal: float | None) -> None:
    """Loss, accuracy and learning rate by epoch; of a single epoch bars, since it has no curve."""
    from matplotlib.ticker import MaxNLocator

    if len(rows) == 1:
        files.replace(path, _single(title, rows[0], judged, goal))
        return
    figure = _figure(9.0, 3.6)
    loss, accuracy, rate = figure.subplots(1, 3)
    best = max(rows, key=lambda row: row["accuracy"])
    epochs = [row["epoch"] for row in rows]
    marker = "o" if len(rows) <= 30 else ""

    def line(axes: Axes, values: list[float], color: str, label: str) -> None:
        axes.plot(epochs, values, color=color, label=label, marker=marker, markersize=3)

    line(loss, [row["train_loss"] for row in rows], _TRAIN, "train")
    line(loss, [row["loss"] for row in rows], _JUDGED, judged)
    line(accuracy, [100 * row["train_accuracy"] for row in rows], _TRAIN, "train")
    line(accuracy, [100 * row["accuracy"] for row in rows], _JUDGED, judged)
    line(rate, [row["lr"] for row in rows], _JUDGED, "")
    if goal is not None:
        accuracy.axhline(100 * goal, color=_GOAL, linewidth=1, linestyle="--", label="goal")
    figures = [row[key] for row in rows for key in ("train_loss", "loss")]
    for axes, values in ((loss, figures), (rate, [row["lr"] for row in rows])):
        if min(values) > 0 and max(values) > 20 * min(values):
            axes.set_yscale("log")
    _near_the_top(accuracy, rows, goal)
    names = ("loss", "accuracy in %", "learning rate")
    for axes, name in zip((loss, accuracy, rate), names, strict=True):
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (loss, accuracy):
        axes.legend(frameon=False, fontsize=9)
    told = f"{title}: best {judged} accuracy {best['accuracy']:.2%} in epoch {best['epoch']:.0f}"
    files.replace(path, _png(figure, told))


def _single(title: str, row: Epoch, judged: str, goal: float | None) -> bytes:
    """The figures of one epoch."""
    figure = _figure(9.0, 2.2)
    loss, accuracy = figure.subplots(1, 2)
    for axes, name, key, form, scale in (
        (loss, "loss", "loss", "{:.4f}", 1), (accuracy, "accuracy in %", "accuracy", "{:.2f}", 100)
    ):  # fmt: skip
        values = [scale * row[f"train_{key}"], scale * row[key]]
        lengths = [value if isfinite(value) else 0.0 for value in values]
        bars = axes.barh(["train", judged], lengths, color=[_TRAIN, _JUDGED], height=0.6)
        numbers = [f" {form.format(value)}" for value in values]
        axes.bar_label(bars, numbers, label_type="edge", fontsize=9)
        axes.invert_yaxis()
        axes.margins(x=0.2)
        axes.set_title(name, fontsize=10)
        axes.set_xlim(left=0)
        axes.spines[["top", "right"]].set_visible(False)
    if goal is not None:
        accuracy.axvline(100 * goal, color=_GOAL, linewidth=1, linestyle="--")
        accuracy.set_title(f"accuracy in %, goal {100 * goal:.4g}", fontsize=10)
    told = f"{title}: one epoch, so no curve; learning rate {row['lr']:.3g} at its end"
    return _png(figure, told)


def confusion(path: Path, title: str, judgement: Judgement) -> None:
    """Rows of true classes, columns of answers; mistakes are coloured by their share of a class."""
    from matplotlib.colors import ListedColormap

    counts, n = numpy.array(judgement.confusion), len(judgement.classes)
    side = min(3.0 + 0.42 * n, 16.0)
    figure = _figure(side + 0.8, side)
    axes = figure.subplots()
    shares = 100 * counts / numpy.maximum(counts.sum(1, keepdims=True), 1)
    diagonal = numpy.eye(n, dtype=bool)
    # One wrong image of many should not look like a disaster.
    darkest = max(float(shares[~diagonal].max(initial=0)), 5.0)
    wrong = numpy.ma.array(shares, mask=diagonal | (counts == 0))
    colored = axes.imshow(wrong, cmap=_WRONG, vmin=0, vmax=darkest)
    right = numpy.ma.array(numpy.ones((n, n)), mask=~diagonal)
    axes.imshow(right, cmap=ListedColormap([_RIGHT]))
    ticks = range(n) if n <= SHEET else range(0, n, ceil(n / SHEET))
    names = [_short(judgement.classes[i]) for i in ticks]
    upright = 0.09 * max(map(len, names)) > 0.75 * side / n
    size = 9 if n <= NUMBERED else 7 if n <= 2 * NUMBERED else 5
    axes.set_xticks(ticks, names, rotation=90 * upright, fontsize=size, parse_math=False)
    axes.set_yticks(ticks, names, fontsize=size, parse_math=False)
    axes.set_xlabel("answer")
    axes.set_ylabel("true class")
    if n <= NUMBERED:
        for i, j in zip(*counts.nonzero(), strict=True):
            color = "white" if i != j and shares[i, j] > 0.6 * darkest else "black"
            number = f"{counts[i, j]}"
            axes.text(j, i, number, color=color, ha="center", va="center", fontsize=9)
    bar = figure.colorbar(colored, ax=axes, fraction=0.04, pad=0.02)
    bar.set_label("wrong answers, % of the true class")
    mistakes = judgement.images - judgement.right
    told = f"{title}: {judgement.accuracy:.2%} right, {mistakes:,} of {judgement.images:,} wrong"
    files.replace(path, _png(figure, told))


def sheet(path: Path, title: str, pixels: Tensor, probabilities: Tensor) -> int:
    """Pictures with the probability of the answer each was given; returns how many fit."""
    shown = pixels[:SHEET].expand(-1, 3, -1, -1)
    count, _, height, width = shown.shape
    columns = ceil(sqrt(count))
    lines = ceil(count / columns)
    side = max(0.8, 1.4 - 0.06 * columns)
    figure = _figure(max(columns * side, 4.0), lines * (side + 0.2) + 0.5)
    # One image in place of a hundred axes: a frame of white around each, more below for its text.
    frame, below = max(width // 16, 1), max(height // 4, 2)
    rest = (0, 0, 0, 0, 0, 0, 0, lines * columns - count)
    white = functional.pad(shown, (frame, frame, frame, below), value=255)
    cells = functional.pad(white, rest, value=255).view(lines, columns, *white.shape[1:])
    image = cells.permute(0, 3, 1, 4, 2).flatten(2, 3).flatten(0, 1).numpy()
    axes = figure.subplots()
    axes.imshow(image, interpolation="nearest")
    axes.set_axis_off()
    for index, probability in enumerate(probabilities[:count].tolist()):
        line, column = divmod(index, columns)
        x = (column + 0.5) * white.shape[3] - 0.5
        y = (line + 1) * white.shape[2] - 0.5 - below / 2
        axes.text(x, y, f"{probability:.0%}", ha="center", va="center", fontsize=8)
    output.write(path, _png(figure, title))
    return count


def rates(path: Path, title: str, curve: Curve) -> None:
    """Loss by learning rate, with the two places that help to choose one."""
    figure = _figure(6.0, 3.6)
    axes = figure.subplots()
    axes.plot([p.lr for p in curve.points], [p.loss for p in curve.points], color=_JUDGED)
    for name, point, color in (
        ("steepest", curve.steepest, _GOAL), ("lowest", curve.lowest, _TRAIN)
    ):  # fmt: skip
        axes.plot([point.lr], [point.loss], "o", color=color, label=f"{name}: {point.lr:.2g}")
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    axes.set_ylim(0, 1.2 * curve.points[0].loss)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    output.write(path, _png(figure, f"{title}: learning rate range test"))


def _near_the_top(axes: Axes, rows: Sequence[Epoch], goal: float | None) -> None:
    """Leave out the first climb: what is to be seen happens near the highest accuracies."""
    later = sorted(row["accuracy"] for row in rows)[len(rows) // 4 :]
    seen = [*later, rows[-1]["train_accuracy"], *([] if goal is None else [goal])]
    low, high = 100 * min(seen), 100 * max(seen)
    margin = max(high - low, 1.0) * 0.15
    axes.set_ylim(max(low - margin, 0.0), high + margin)


def _figure(width: float, height: float) -> Figure:
    """A figure that needs no display and leaves matplotlib's own state alone."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Figure, title: str) -> bytes:
    """The bytes of the picture, with a heading."""
    heading: Any = figure.suptitle(title, fontsize=11)
    heading.set_parse_math(False)
    with warnings.catch_warnings():
        # A class name that the font cannot write becomes boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        drawn = BytesIO()
        figure.savefig(drawn, format="png", bbox_inches="tight")
    return drawn.getvalue()


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"
