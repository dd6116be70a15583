"""What a person sees while an epoch goes on."""

from __future__ import annotations

import io
import re
import sys

import pytest

from netspec.runner.loop import display


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_running_figures_at_its_own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr(display, "monotonic", lambda: seconds[0])
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    asked = []

    def running() -> str:
        asked.append(seconds[0])
        return f"loss {len(asked)}.5000, acc 90.00%"

    shown = display.Display(1, "test", io.StringIO())
    for _ in shown.batches(range(8), "epoch 1/1", 0, 8, running):
        seconds[0] += 0.25
    assert asked == [0.5, 1.0, 1.5, 2.0]
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    assert "8/8" in text
    assert "loss 4.5000, acc 90.00%" in text
    assert max(map(len, re.split(r"[\r\n]+", text))) <= 80


def test_nothing_is_asked_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    shown = display.Display(1, "test", io.StringIO())

    def running() -> str:
        raise AssertionError

    assert list(shown.batches(range(3), "epoch 1/1", 0, 3, running)) == [0, 1, 2]
