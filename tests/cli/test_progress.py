from __future__ import annotations

import io
import sys

import pytest

from netspec.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("seen", [True, False])
def test_a_bar_has_rate_and_time_left_and_goes_in_the_end(
    seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 1.01, 4.0])
    out = Terminal() if seen else io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    with progress.bar("specs") as told:
        for done in 30, 31, 100:
            told(done, 5000)
    lines = [line.removesuffix("\x1b[K") for line in out.getvalue().split("\r")[1:]]
    assert lines == [
        f"{'░' * 30} 30/5,000 specs, 30/s, 2:46 left",
        f"{'█'}{'░' * 29} 100/5,000 specs, 25/s, 3:16 left",
        "",
    ] * seen  # fmt: skip
