"""PNG files that show how a run went. matplotlib is imported where it is used."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from math import ceil, isfinite, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from torch import Tensor
from torch.nn import functional

from netspec.disk import files, output
from netspec.language.training import Figure
from netspec.render.words import figure_text
from netspec.runs.confusion import Judgement
from netspec.runs.deviations import Deviations
from netspec.runs.labels import LabelJudgement
from netspec.runs.past import Epoch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

    from netspec.runs.range_test import Curve

NUMBERED = 30
"""Classes up to which a confusion matrix has numbers in its cells."""
SHEET = 100
"""Pictures on a contact sheet, and labels beside each other."""
PANELS, DOTS = 9, 20_000
"""Targets that are drawn, and samples of each."""
# A cache folder that cannot be written is no matter here.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
_TRAIN, _JUDGED, _RIGHT, _WRONG, _GOAL = "#8a8f98", "#1f5fbf", "#dce8f7", "Oranges", "#3a8f4d"


def curves(
    path: Path,
    title: str,
    rows: Sequence[Epoch],
    judged: str,
    figure: Figure,
    goal: float | None,
) -> None:
    """Loss, a figure and learning rate by epoch; of a single epoch bars, since it has no curve."""
    from matplotlib.ticker import MaxNLocator

    if len(rows) == 1:
        files.replace(path, _single(title, rows[0], judged, figure, goal))
        return
    drawn = _figure(9.0, 3.6)
    loss, shown, rate = drawn.subplots(1, 3)
    name, scale = figure.name, 100 if figure.unit == "share" else 1
    best = max(rows, key=lambda row: figure.sign * row[name])
    epochs = [row["epoch"] for row in rows]
    marker = "o" if len(rows) <= 30 else ""

    def line(axes: Axes, values: list[float], color: str, label: str) -> None:
        axes.plot(epochs, values, color=color, label=label, marker=marker, markersize=3)

    line(loss, [row["train_loss"] for row in rows], _TRAIN, "train")
    line(loss, [row["loss"] for row in rows], _JUDGED, judged)
    line(shown, [scale * row[f"train_{name}"] for row in rows], _TRAIN, "train")
    line(shown, [scale * row[name] for row in rows], _JUDGED, judged)
    line(rate, [row["lr"] for row in rows], _JUDGED, "")
    if goal is not None:
        shown.axhline(scale * goal, color=_GOAL, linewidth=1, linestyle="--", label="goal")
    figures = [row[key] for row in rows for key in ("train_loss", "loss")]
    for axes, values in ((loss, figures), (rate, [row["lr"] for row in rows])):
        if min(values) > 0 and max(values) > 20 * min(values):
            axes.set_yscale("log")
    _near_the_best(shown, rows, figure, goal)
    heads = ("loss", f"{name} in %" if scale > 1 else name, "learning rate")
    for axes, head in zip((loss, shown, rate), heads, strict=True):
        axes.set_title(head, fontsize=10)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (loss, shown):
        axes.legend(frameon=False, fontsize=9)
    value = figure_text(figure, best[name])
    told = f"{title}: best {judged} {name} {value} in epoch {best['epoch']:.0f}"
    files.replace(path, _png(drawn, told))


def _single(title: str, row: Epoch, judged: str, figure: Figure, goal: float | None) -> bytes:
    """The figures of one epoch."""
    drawn = _figure(9.0, 2.2)
    share = figure.unit == "share"
    said: list[Callable[[float], str]] = ["{:.4f}".format, partial(figure_text, figure)]
    for axes, name, scale, told in zip(
        drawn.subplots(1, 2), ("loss", figure.name), (1, 100 if share else 1), said, strict=True
    ):
        values = [row[f"train_{name}"], row[name]]
        lengths = [scale * value if isfinite(value) else 0.0 for value in values]
        bars = axes.barh(["train", judged], lengths, color=[_TRAIN, _JUDGED], height=0.6)
        axes.bar_label(bars, [f" {told(value)}" for value in values], fontsize=9)
        axes.invert_yaxis()
        axes.margins(x=0.2)
        axes.set_xlim(left=min(0.0, *lengths))
        head = f"{name} in %" if scale > 1 else name
        if goal is not None and name == figure.name:
            axes.axvline(scale * goal, color=_GOAL, linewidth=1, linestyle="--")
            head += f", goal {scale * goal:.4g}"
        axes.set_title(head, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    heading = f"{title}: one epoch, so no curve; learning rate {row['lr']:.3g} at its end"
    return _png(drawn, heading)


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


def deviations(
    path: Path, title: str, judgement: Deviations, values: Tensor, known: Tensor
) -> None:
    """A panel for each of the first targets: what was said by what is known, (N, T) both."""
    shown = min(len(judgement.targets), PANELS)
    across = ceil(sqrt(shown))
    figure = _figure(4.2 * across, 4.0 * ceil(shown / across))
    panels = figure.subplots(ceil(shown / across), across, squeeze=False).flatten()
    for index, (axes, one) in enumerate(zip(panels, judgement.targets, strict=False)):
        x, y = known[:DOTS, index].numpy(), values[:DOTS, index].numpy()
        low, high = min(x.min(), y.min()), max(x.max(), y.max())
        axes.plot([low, high], [low, high], color=_TRAIN, linewidth=1, linestyle="--")
        axes.plot(x, y, ".", color=_JUDGED, markersize=4, alpha=0.6)
        axes.set_title(f"{_short(one.name)}: R2 {one.r2:.4f}", fontsize=10, parse_math=False)
        axes.set_xlabel("true")
        axes.set_ylabel("answer")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[shown:]:
        axes.set_axis_off()
    told = f"{title}: MAE {judgement.mae:.4g}, RMSE {judgement.rmse:.4g}, R2 {judgement.r2:.4f}"
    files.replace(path, _png(figure, told))


def labels(path: Path, title: str, judgement: LabelJudgement) -> None:
    """A bar for the F1 of each label, the most frequent first."""
    every = sorted(judgement.labels, key=lambda one: one.images)[-SHEET:]
    figure = _figure(6.0, max(1.6, 0.24 * len(every) + 1.0))
    axes = figure.subplots()
    axes.barh(range(len(every)), [100 * (one.f1 or 0.0) for one in every], color=_JUDGED)
    names = [f"{_short(one.name)} ({one.images:,})" for one in every]
    axes.set_yticks(range(len(every)), names, fontsize=8, parse_math=False)
    axes.set_xlim(0, 100)
    axes.set_xlabel("F1 in %")
    axes.grid(alpha=0.3, axis="x")
    axes.spines[["top", "right"]].set_visible(False)
    told = f"{title}: macro F1 {judgement.f1:.2%}, {judgement.exact_match:.2%} all right"
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


def _near_the_best(axes: Axes, rows: Sequence[Epoch], figure: Figure, goal: float | None) -> None:
    """Leave out the first climb: what is to be seen happens near the best figures."""
    name, share = figure.name, figure.unit == "share"
    later = sorted((row[name] for row in rows), key=lambda value: figure.sign * value)
    seen = [*later[len(rows) // 4 :], rows[-1][f"train_{name}"], *([] if goal is None else [goal])]
    scale = 100 if share else 1
    low, high = scale * min(seen), scale * max(seen)
    margin = max(high - low, 1.0 if share else 0.01 * abs(high), 1e-9) * 0.15
    axes.set_ylim(max(low - margin, 0.0) if min(seen) >= 0 else low - margin, high + margin)


def _figure(width: float, height: float) -> Drawing:
    """A figure that needs no display and leaves matplotlib's own state alone."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Drawing

    figure = Drawing(figsize=(width, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Drawing, title: str) -> bytes:
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
