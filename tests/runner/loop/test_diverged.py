"""Losses that are not finite: named, and never saved."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tiny import resume, run

from netspec.diagnostic import NetspecError
from netspec.runner.run import checkpoint

pytestmark = pytest.mark.usefixtures("one_thread")


class TestFigures:
    @pytest.mark.parametrize(
        ("old", "new"), [("Adam: {lr: 0.01}", "SGD: {lr: 1.0e+30}"), ("lr: 0.01", "lr: 1.0e+30")]
    )
    def test_a_loss_that_is_not_finite_names_the_layer_and_saves_nothing(
        self, tmp_path: Path, old: str, new: str
    ) -> None:
        first = "the output of [013] is the first that is not finite"
        with pytest.raises(
            NetspecError, match=rf"loss is (nan|inf) at step \d of epoch 1, {first}"
        ):
            run(tmp_path, (old, new), save_every=0.0)
        folder = tmp_path / "runs" / "tiny" / "1"
        saved = checkpoint.load(folder, 1 << 30, print, force=False)
        assert saved is None or all(v.isfinite().all() for v in saved["state"]["model"].values())
        assert not (folder / "best.safetensors").exists()

    def test_at_a_later_step_the_last_finite_checkpoint_stays(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from netspec.runner.data.prepare import Prepare

        plain, calls = Prepare.__call__, []

        def poisoned(self: Any, pixels: Any, chance: Any = None) -> Any:
            x = plain(self, pixels, chance)
            calls.append(chance)
            # Batches of training come with a chance; 8 of them are an epoch.
            if len([c for c in calls if c]) == 8 + 3:
                x[0, 0, 0, 0] = float("nan")
            return x

        monkeypatch.setattr(Prepare, "__call__", poisoned)
        with pytest.raises(NetspecError, match="loss is nan at step 3 of epoch 2, the input is"):
            run(tmp_path)
        folder = tmp_path / "runs" / "tiny" / "1"
        monkeypatch.undo()
        result, out = resume(folder)
        assert "going on after epoch 1, step 0" in out
        assert len(result.rows) == 3

    def test_a_clock_that_goes_backwards_changes_nothing(
        self, tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [2e9]

        def backwards() -> float:
            now[0] -= 3600
            return now[0]

        monkeypatch.setattr(time, "time", backwards)
        result = run(tmp_path / "other")
        assert all(0 < row.seconds < 100 for row in result.rows)
        assert (result.folder / "best.safetensors").read_bytes() == (
            made / "best.safetensors"
        ).read_bytes()


def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_step(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"loss is (nan|inf) at step \d+ of epoch 1, ") as caught:
        run(tmp_path, ("Adam: {lr: 0.01}", "SGD: {lr: 1.0e+30}"))
    assert caught.value.exit_code == 3
    folder = tmp_path / "runs" / "tiny" / "1"
    assert json.loads((folder / "summary.json").read_text())["status"] == "failed"
    assert not (folder / "best.safetensors").exists()
