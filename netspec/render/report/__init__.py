"""The report of `netspec check`."""

from typing import NamedTuple

from netspec.render.look import PLAIN, Look

DEFAULT = "full"


class View(NamedTuple):
    """How a report is to be shown, whatever its format."""

    layers: bool
    """Whether to show every layer."""
    strict: bool
    """Whether a warning fails."""
    look: Look
    quiet: bool = False
    """Whether to show findings alone; documents for machines are whole all the same."""


def whole() -> View:
    """Everything, without color."""
    return View(layers=True, strict=False, look=PLAIN)
