"""What the analysis of one spec may cost."""

from netspec.diagnostic import Fault

LIMIT = 16_000_000
"""Steps, each about a tenth of a microsecond on a machine of today."""
UNIT = 8
"""Steps for a unit that is looked at by itself, and for each position that it reads."""
LAYER = 400
"""Steps for a layer, whatever it does."""


class Work:
    """Steps that a spec has left: counted, not timed, so that it passes everywhere or nowhere."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = LIMIT

    def spend(self, steps: int) -> None:
        """Take steps that are done, or about to be; Fault where there are no more."""
        self.left -= steps
        if self.left < 0:
            raise too_large()


def too_large() -> Fault:
    """The fault of a spec that costs too much to analyse."""
    return Fault(
        "too-large",
        f"with it the network takes more than {LIMIT:,} steps to analyse",
        "fewer layers, smaller windows or a smaller input",
    )
