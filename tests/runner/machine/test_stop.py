"""Signals: what a run does when it is asked to end."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from tiny import MAIN, ROOT, SPEC, run

from netspec.diagnostic import NetspecError
from netspec.runner.run import checkpoint
from netspec.runner.train import train

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_step_saves_and_ends_with_its_code(
    tmp_path: Path, number: int
) -> None:
    sent = threading.Event()

    def send() -> None:
        folder = tmp_path / "runs" / "tiny" / "1"
        for _ in range(3000):
            if (folder / "last.ckpt").exists():
                os.kill(os.getpid(), number)
                sent.set()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    before = signal.getsignal(number)
    with pytest.raises(NetspecError, match="interrupted after epoch") as caught:
        run(tmp_path, ("epochs: 3", "epochs: 2000"))
    thread.join()
    assert sent.is_set()
    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) is before
    folder = tmp_path / "runs" / "tiny" / "1"
    state = torch.load(folder / "last.ckpt", weights_only=True)["state"]
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["status"], summary["epochs"]) == ("interrupted", state["epoch"])
    assert state["epoch"] + state["step"] > 0


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_the_second_signal_ends_it_at_once_and_files_stay_whole(
        self, tmp_path: Path, number: int
    ) -> None:
        (tmp_path / "tiny.yaml").write_text(SPEC.replace("epochs: 3", "epochs: 9999"))
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "train", "tiny.yaml", "--device", "cpu"], cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        folder = tmp_path / "runs" / "tiny" / "1"
        deadline = time.monotonic() + 60
        while not (folder / "previous.ckpt").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        process.send_signal(number)
        # Both may come before the first is seen: then it ends as after one.
        assert process.wait(30) in (-number, 128 + number)
        assert checkpoint.load(folder, 1 << 30, print, force=False)

    def test_one_says_how_to_go_on_and_that_goes_on(self, tmp_path: Path) -> None:
        with pytest.raises(NetspecError) as caught:
            run(tmp_path, ("epochs: 3", "epochs: 9999"), out=Interrupting())
        assert caught.value.exit_code == 130
        folder = tmp_path / "runs" / "tiny" / "1"
        assert caught.value.help == f"netspec train --resume {folder} goes on from there"
        with pytest.raises(NetspecError, match="interrupted after"):
            train(None, tmp_path, "cpu", tmp_path, Interrupting(), resume=folder)


class Interrupting(io.StringIO):
    """Sends Ctrl-C with the first epoch's line."""

    def write(self, text: str) -> int:
        if text.lstrip()[:1].isdigit() and "/9999" in text:
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)
