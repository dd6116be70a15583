"""Kills sweeps at random and starts them again: no trial is lost or done twice, and with one worker
the table is that of a sweep that was never killed.

    python tests/bench/sweep_kill.py --kills 20 --workers 2
    python tests/bench/sweep_kill.py --kills 20 --workers 1
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SPEC = """\
input: [1, 8, 8]
vars: {n: 8, p: 0.1}
layers: [{Conv2d: [$n, 3]}, ReLU, {Dropout: $p}, Flatten, {Linear: 10}]
train:
  data: {dataset: digits, augment: [{RandomRotation: 5}]}
  batch_size: 32
  epochs: 8
  optimizer: {Adam: {lr: 0.01}}
"""
WORDS = [
    "sweep", "net.yaml", "--vary", "train.optimizer.Adam.lr=log 1e-4..1e-1 20", "--vary",
    "vars.n=2..24", "--vary", "vars.p=[0, 0.1, 0.3]", "--keep", "params <= 8k", "--threads", "1",
    "--format", "json", "--best", "2", "--seeds", "2", "--out", "s",
]  # fmt: skip


def start(folder: Path, trials: int, workers: int) -> subprocess.Popen[str]:
    """A sweep in a session of its own, started or started again."""
    return subprocess.Popen(
        [sys.executable, "-m", "netspec", *WORDS, "--trials", str(trials), "--workers",
         str(workers)],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip


def children(process: int) -> list[int]:
    """Processes that a process has started."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(one) for one in text.split()]


def killed(folder: Path, given: Any, chance: random.Random) -> tuple[dict[str, Any], int]:
    """What a sweep finds that is killed so often: as a whole, or one of its workers."""
    kills = 0
    while True:
        process = start(folder, given.trials, given.workers)
        while kills < given.kills and process.poll() is None:
            time.sleep(chance.uniform(given.least, given.most))
            if process.poll() is not None:
                break
            workers = children(process.pid)
            kills += 1
            if workers and chance.random() < 0.5:
                os.kill(chance.choice(workers), signal.SIGKILL)
                continue
            for one in [process.pid, *workers]:
                os.kill(one, signal.SIGKILL)
            break
        text = process.communicate()[0]
        if process.returncode == 0:
            return json.loads(text), kills
        if process.returncode > 0:
            sys.exit(f"a sweep ended with {process.returncode}")


def faults(found: dict[str, Any], folder: Path, trials: int, whole: dict[str, Any] | None) -> int:
    """What is wrong with a sweep that was killed, told line by line."""
    wrong = 0
    told = [one["number"] for one in found["trials"]]
    states = [one["state"] for one in found["trials"]]
    if told != list(range(trials)) or not {*states} <= {"finished", "pruned"}:
        print(f"trials {told} are {states}")
        wrong += 1
    for one in found["trials"]:
        run = folder / "s" / "runs" / "net" / str(one["number"] + 1)
        rows = (run / "metrics.jsonl").read_text().splitlines()
        epochs = [json.loads(row)["epoch"] for row in rows]
        if epochs != list(range(1, one["epochs"] + 1)):
            print(f"trial {one['number']} of {one['epochs']} epochs has {epochs}")
            wrong += 1
    values = [json.dumps(one["values"]) for one in found["trials"]]
    wrong += len(values) - len({*values})
    if whole and (found["trials"], found["seeded"]) != (whole["trials"], whole["seeded"]):
        print("the table is not that of a sweep that was never killed")
        wrong += 1
    return wrong


def main() -> int:
    """Print what came of it; 1 where a trial was lost, done twice or ended otherwise."""
    parser = ArgumentParser(description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--least", type=float, default=4, help="seconds before a kill")
    parser.add_argument("--most", type=float, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folders = Path(place) / "killed", Path(place) / "whole"
        for folder in folders:
            folder.mkdir()
            (folder / "net.yaml").write_text(SPEC)
        found, kills = killed(folders[0], given, random.Random(given.seed))
        whole = None
        if given.workers == 1:
            whole = json.loads(start(folders[1], given.trials, 1).communicate()[0])
        wrong = faults(found, folders[0], given.trials, whole)
    print(f"{kills} kills, {given.workers} workers, {given.trials} trials: {wrong} faults")
    return int(bool(wrong) or kills < given.kills)


if __name__ == "__main__":
    sys.exit(main())
