"""Why a module cannot become a spec: everything at once."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.capture.nodes import Trouble
from netspec.diagnostic import NetspecError


class CaptureError(NetspecError):
    """A module that no spec says, with all that stands in the way."""

    exit_code = 1

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__("\n".join(map(told, troubles)), troubles[0].help)
        self.troubles = list(troubles)


def told(one: Trouble) -> str:
    """A trouble in one line: where it is written, in which module, and what it is."""
    parts = [str(one.place) if one.place else "", one.path, one.operation, one.message]
    return ": ".join(part for part in parts if part)
