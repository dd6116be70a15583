"""How a report is to be shown, whatever its format."""

from collections.abc import Callable
from typing import NamedTuple

from netspec.diagnostic import Diagnostic


class View(NamedTuple):
    """What every format is told beside the reports."""

    layers: bool
    """Whether to show every layer."""
    strict: bool
    """Whether a warning fails."""
    show: Callable[[Diagnostic], str]
    """A finding with the lines it is about."""
    text: Callable[[str | None], str | None]
    """What a file says, as far as it can be shown."""
