"""The figures of epochs, by the names that a run's own file has for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.runs.past import Epoch

_SHARES = ("accuracy",)
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
    name = name.removeprefix(_TRAIN)
    if name in _SHARES:
        return f"{value:.2%}"
    return f"{value:.3g}" if name == "lr" else f"{value:.4g}"


def tick(name: str, value: float) -> str:
    """A round figure beside an axis."""
    return f"{100 * value:.4g} %" if name in _SHARES else f"{value:.4g}"
