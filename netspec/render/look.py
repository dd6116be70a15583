"""How text looks on a terminal."""

from __future__ import annotations

from typing import NamedTuple

BOLD, DIM, RED, GREEN, YELLOW, BLUE, CYAN = "1", "2", "1;31", "32", "33", "1;34", "36"
SEVERITIES = {"error": RED, "warning": "1;33", "note": "1;36"}


class Look(NamedTuple):
    """What a terminal can do."""

    color: bool = False
    width: int | None = None
    """Its columns; None where there is none, so that lines may be of any length."""

    def paint(self, style: str, words: str) -> str:
        """Words, already escaped, in a style."""
        return f"\x1b[{style}m{words}\x1b[0m" if self.color and words else words


PLAIN = Look()
