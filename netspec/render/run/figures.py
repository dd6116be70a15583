"""The figures of epochs, by the names that a run's own file has for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.language.training.tasks import FIGURES
from netspec.render.words import figure_text
from netspec.runs.past import Epoch

_TRAIN = "train_"
_OTHER = ("epoch", "lr", "seconds")
"""What an epoch has that is not known of a part of the data."""


def names(rows: Sequence[Epoch]) -> list[str]:
    """What is measured, loss first; each may have a twin of the training images."""
    known = dict.fromkeys(key for row in rows for key in row)
    measured = [key for key in known if key not in _OTHER and not key.startswith(_TRAIN)]
    return sorted(measured, key=lambda key: key != "loss")


def parts(name: str, judged: str) -> Iterator[tuple[str, str]]:
    """The keys of a figure, and what the images of each are called."""
    yield f"{_TRAIN}{name}", "train"
    yield name, judged


def told(name: str, value: float) -> str:
    """A figure as people read it."""
    figure = FIGURES.get(name.removeprefix(_TRAIN))
    if figure:
        return figure_text(figure, value)
    return f"{value:.3g}" if name == "lr" else f"{value:.4g}"


def tick(name: str, value: float) -> str:
    """A round figure beside an axis."""
    figure = FIGURES.get(name)
    share = figure is not None and figure.unit == "share"
    return f"{100 * value:.4g} %" if share else f"{value:.4g}"
