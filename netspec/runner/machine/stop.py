"""Ctrl-C and SIGTERM: finish the step, save, then go."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from netspec.diagnostic import NetspecError


class Interrupted(NetspecError):
    """Training ended early, and was saved."""


class Stop:
    """Remembers the first signal while it is open; the second ends the process at once."""

    def __init__(self) -> None:
        self.signal = 0
        self._before: dict[int, Any] = {}

    def __bool__(self) -> bool:
        return bool(self.signal)

    def __enter__(self) -> Self:
        # Python lets only the main thread handle signals.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def interrupted(self, where: str, folder: Path) -> Interrupted:
        hint = f"netspec train --resume {folder} goes on from there"
        error = Interrupted(f"interrupted after {where}", hint)
        # Without a signal of its own it was another process's that ended the run.
        error.exit_code = 128 + (self.signal or signal.SIGTERM)
        return error

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self.signal = number
        for each in self._before:
            signal.signal(each, signal.SIG_DFL)
