"""The report of `netspec check`."""

from typing import NamedTuple

DEFAULT = "full"


class View(NamedTuple):
    """How a report is to be shown, whatever its format."""

    layers: bool
    """Whether to show every layer."""
    strict: bool
    """Whether a warning fails."""
    color: bool
    width: int | None
    """Columns of the terminal; None where there is none."""


def whole() -> View:
    """Everything, without color."""
    return View(layers=True, strict=False, color=False, width=None)
