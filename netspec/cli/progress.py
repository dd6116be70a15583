"""A bar for what takes a while, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

_WIDTH = 30
_EVERY = 0.1
"""Seconds between two looks of the bar."""


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """What is told how many are done and of how many; shows it with rate and time left."""
    stream = sys.stderr
    shown = stream is not None and stream.isatty()
    began = last = monotonic()

    def told(done: int, of: int) -> None:
        nonlocal last
        now = monotonic()
        if not shown or now - last < _EVERY or not done:
            return
        last = now
        rate = done / max(now - began, 1e-9)
        full = round(_WIDTH * done / of)
        left = (of - done) / rate
        line = f"{'█' * full}{'░' * (_WIDTH - full)} {done:,}/{of:,} {what}"
        stream.write(f"\r{line}, {rate:,.0f}/s, {_clock(left)} left\x1b[K")
        stream.flush()

    try:
        yield told
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
