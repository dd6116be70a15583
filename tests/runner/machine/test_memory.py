"""Memory that is short: said before it is taken, and after."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest
import torch
from tiny import SPEC, command, run

from netspec.diagnostic import NetspecError
from netspec.runner.machine import memory as budget

pytestmark = pytest.mark.usefixtures("one_thread")

WIDE = SPEC.replace("out_channels: 4", "out_channels: 1000000").replace(
    "- Flatten\n", "- AdaptiveAvgPool2d: 1\n  - Flatten\n"
)


class TestMemory:
    def test_what_cannot_fit_is_refused_with_a_batch_that_would(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 2_000_000)
        with pytest.raises(
            NetspecError, match=r"training needs [\d,]+ bytes, 2,000,000 are free"
        ) as c:
            run(tmp_path, ("out_channels: 4", "out_channels: 64"))
        found = re.fullmatch(r"(batch_size: \d+) would .*, or (accumulate: \d+)", str(c.value.help))
        assert found
        assert not (tmp_path / "runs").exists()
        for way in (found[1], f"batch_size: 200\n  {found[2]}"):
            run(tmp_path, ("out_channels: 4", "out_channels: 64"), ("batch_size: 200", way))

    def test_a_network_too_large_for_any_batch_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 1000)
        with pytest.raises(NetspecError) as caught:
            run(tmp_path)
        assert "no batch size fits" in str(caught.value.help)

    def test_memory_that_runs_out_is_one_message_with_its_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "tiny.yaml").write_text(WIDE)
        done = command(
            "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
            before=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
        )  # fmt: skip
        assert done.returncode == 3
        assert "error: training needs " in done.stderr
        assert done.stderr.count("\n") == 2

    def test_what_the_estimate_missed_is_one_message_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: None)
        monkeypatch.setattr("netspec.runner.train.build", lambda *_, **__: torch.empty(1 << 50))
        with pytest.raises(
            NetspecError, match=r"out of memory on cpu: 4503599627370496 bytes"
        ) as caught:
            run(tmp_path)
        help = "batch_size: 100 would fit by the estimate, or accumulate: 2"
        assert caught.value.help == help
